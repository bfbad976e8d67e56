import type { HedgeRecord } from "@hedgelock/contracts";

import { ledgerEvent, linkIdOf } from "../audit/ledger-event.ts";

/** Counts the intents that are not settled: not ended, or filled and not checked. */
export interface OpenIntents {
  record(record: HedgeRecord): void;
  readonly count: number;
}

export function openIntents(): OpenIntents {
  /** By account and link id: whether it was filled in part or whole. */
  const open = new Map<string, boolean>();
  return {
    record(record) {
      const event = ledgerEvent(record);
      const linkId = linkIdOf(event);
      if (linkId === undefined) return;
      const key = `${record.account}/${linkId}`;
      const known = open.get(key);
      if (event.intentOpened !== undefined) open.set(key, false);
      else if (event.execution !== undefined && known !== undefined) open.set(key, true);
      else if (event.postcondition !== undefined || event.rejected !== undefined || event.neverArrived !== undefined)
        open.delete(key);
      else if (event.closed !== undefined && known === false) open.delete(key);
    },
    get count() {
      return open.size;
    },
  };
}
