import type { Clock } from "@hedgelock/runtime";

import type { ApiKeys } from "./api-keys.ts";
import type { ExchangeEvent } from "./domain/events.ts";
import type { Exchange } from "./domain/exchange.ts";
import type { Notice } from "./faults/notice.ts";

/** The running exchange as the network rooms see it. */
export interface Venue {
  readonly exchange: Exchange;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  /** Maintenance notices, newest first. */
  readonly notices: () => readonly Notice[];
  /** Tells everybody what a command did: private events, and the book it left. */
  readonly publish: (events: readonly ExchangeEvent[]) => void;
}
