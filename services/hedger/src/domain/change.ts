import type { HedgeEvent, LedgerState } from "@hedgelock/contracts";

/** The body of a ledger event. */
export type LedgerEventBody = NonNullable<HedgeEvent["body"]>;

/** Sentences that must never be true; each has a counter that must stay 0. */
export const INVARIANTS = [
  "two_unresolved_intents",
  "fill_without_intent",
  "fill_after_refusal",
  "order_differs_from_intent",
  "two_orders_one_link_id",
  "filled_more_than_ordered",
  "position_over_target",
] as const;
export type Invariant = (typeof INVARIANTS)[number];

/** A broken invariant and the facts. */
export interface Alarm {
  readonly invariant: Invariant;
  readonly detail: string;
}

/** A ledger record to be: the event and the whole state after it. */
export interface Change {
  readonly event: LedgerEventBody;
  readonly state: LedgerState;
  /** The intent concerned; "" for a record without one. */
  readonly linkId: string;
  readonly alarms: readonly Alarm[];
}
