/** The four totals that must be 0. */
export const FINDING_KINDS = ["duplicateHedges", "lostHedges", "orphanOrders", "unresolvedIntents"] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** One thing the auditor found wrong. */
export interface Finding {
  readonly kind: FindingKind;
  readonly account: string;
  /** A sentence for people: what was compared and how it differs. */
  readonly what: string;
  /** Order link id, order id or execution id concerned; "" when it is about none. */
  readonly subject: string;
}

/** Number of findings of each kind. */
export function countFindings(findings: readonly Finding[]): Readonly<Record<FindingKind, number>> {
  const count = (kind: FindingKind): number => findings.filter((finding) => finding.kind === kind).length;
  return {
    duplicateHedges: count("duplicateHedges"),
    lostHedges: count("lostHedges"),
    orphanOrders: count("orphanOrders"),
    unresolvedIntents: count("unresolvedIntents"),
  };
}
