/** What the venue's status word says about an order (bybit-v5 §7.2). */
export type StatusMeaning = "open" | "closed" | "unrecognised";

const OPEN_WORDS: ReadonlySet<string> = new Set([
  "New",
  "PartiallyFilled",
  "Untriggered",
  "Triggered",
  "Created",
  "Active",
]);

/**
 * Final words, weakest first. When two of them reach us for one order the stronger one stands, whatever came first:
 * a cancel that lost the race is followed by Filled, and a second Filled carries `cancelType=CancelByUser`.
 */
const CLOSED_WORDS: readonly string[] = ["Rejected", "Deactivated", "Cancelled", "PartiallyFilledCanceled", "Filled"];

/** Our own final word, beside the venue's: the order was proved never to have arrived. Weaker than any of the venue's. */
export const NEVER_ARRIVED = "NeverArrived";

/** Meaning of a status word; a word this version does not know is neither open nor closed. */
export function statusMeaning(word: string): StatusMeaning {
  if (OPEN_WORDS.has(word)) return "open";
  return CLOSED_WORDS.includes(word) ? "closed" : "unrecognised";
}

/** The final word that stands of two; "" is none yet. */
export function strongerWord(left: string, right: string): string {
  const rank = (word: string): number => (word === "" ? -2 : CLOSED_WORDS.indexOf(word));
  return rank(left) >= rank(right) ? left : right;
}

/** Execution types that move a position (bybit-v5 §6.2). Funding does not; a type we do not know is left to the position snapshot. */
const POSITION_CHANGING: ReadonlySet<string> = new Set([
  "Trade",
  "AdlTrade",
  "BustTrade",
  "Settle",
  "Delivery",
  "BlockTrade",
  "MovePosition",
  "FutureSpread",
  "CorporateAction",
]);

/** Whether an execution of this type moves the position. */
export function movesPosition(execType: string): boolean {
  return POSITION_CHANGING.has(execType);
}
