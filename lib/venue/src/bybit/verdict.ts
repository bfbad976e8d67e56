/** What a market frame did to the merged state. */
export type Verdict =
  /** Something a consumer uses is different. */
  | { readonly kind: "changed" }
  | { readonly kind: "unchanged" }
  /** Older than what is known: ignored. */
  | { readonly kind: "regression" }
  /** A delta whose snapshot has not come: refused. */
  | { readonly kind: "no_snapshot" }
  /** Best bid not below best ask: the book is broken. */
  | { readonly kind: "crossed" }
  /** Updates are missing between this delta and the last. */
  | { readonly kind: "gap" }
  | { readonly kind: "bad"; readonly reason: string };

export const CHANGED: Verdict = { kind: "changed" };
export const UNCHANGED: Verdict = { kind: "unchanged" };
export const REGRESSION: Verdict = { kind: "regression" };
export const NO_SNAPSHOT: Verdict = { kind: "no_snapshot" };
export const CROSSED: Verdict = { kind: "crossed" };
export const GAP: Verdict = { kind: "gap" };

export function bad(reason: string): Verdict {
  return { kind: "bad", reason };
}
