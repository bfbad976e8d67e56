/** Thrown for a value that cannot be calculated with: garbled, not finite, or against a stated rule. Never for a missing one. */
export class FinanceInputError extends Error {
  override readonly name = "FinanceInputError";
  readonly code = "FINANCE_BAD_INPUT";
}
