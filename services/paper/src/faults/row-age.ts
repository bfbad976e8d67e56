const BIRTHS = [
  "createdTime",
  "execTime",
  "transactionTime",
  "adjustTime",
  "repayTime",
  "borrowTime",
  "orderTime",
  "timestamp",
];
const CHANGES = ["updatedTime", ...BIRTHS];

/** Of a row that came into being at a moment; 0 for what always is, as a position. */
function timeOf(row: object, names: readonly string[]): number {
  if ("positionIdx" in row && !("orderId" in row)) return 0;
  const fields = new Map<string, unknown>(Object.entries(row));
  for (const name of names) {
    const value = fields.get(name);
    if (typeof value === "number") return value;
    if (typeof value === "string" && /^\d{12,16}$/.test(value)) return Number(value);
  }
  return 0;
}

/**
 * A result whose lists lack the rows that are younger than `beforeMs`.
 * @param by "birth" goes by when a row came into being, "newest" by when it last changed
 */
export function dropYoungRows(result: unknown, beforeMs: number, by: "birth" | "newest" = "birth"): unknown {
  if (typeof result !== "object" || result === null) return result;
  const names = by === "birth" ? BIRTHS : CHANGES;
  return Object.fromEntries(
    Object.entries(result).map(([key, value]: [string, unknown]) => {
      if (!Array.isArray(value)) return [key, value];
      const rows: readonly unknown[] = value;
      return [key, rows.filter((row) => typeof row !== "object" || row === null || timeOf(row, names) <= beforeMs)];
    }),
  );
}
