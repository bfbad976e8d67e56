import type { HedgeRecord, Intent, PostconditionChecked } from "@hedgelock/contracts";

import type { LedgerEntry } from "./input.ts";
import { ledgerEvent, linkIdOf } from "./ledger-event.ts";
import type { LedgerEvent } from "./ledger-event.ts";

/** Life of one intent, put together from the ledger's events alone (not from the states its writer derived). */
export interface IntentHistory {
  readonly account: string;
  readonly linkId: string;
  /** As recorded when it was opened; undefined when events name a link id that was never opened. */
  readonly intent: Intent | undefined;
  /** Number of times it was opened: 1, unless something is wrong. */
  readonly openings: number;
  readonly openedSeq: number;
  /** Ledger sequence that ended it: closed, rejected or proved never arrived; undefined while unresolved. */
  readonly endedSeq: number | undefined;
  readonly acknowledged: HedgeRecord | undefined;
  readonly executions: readonly HedgeRecord[];
  readonly closed: HedgeRecord | undefined;
  readonly postcondition: PostconditionChecked | undefined;
  readonly postconditionRecord: HedgeRecord | undefined;
  readonly records: readonly HedgeRecord[];
}

interface Draft {
  readonly account: string;
  readonly linkId: string;
  readonly records: HedgeRecord[];
  readonly executions: HedgeRecord[];
  intent: Intent | undefined;
  openings: number;
  openedSeq: number;
  endedSeq: number | undefined;
  acknowledged: HedgeRecord | undefined;
  closed: HedgeRecord | undefined;
  postcondition: PostconditionChecked | undefined;
  postconditionRecord: HedgeRecord | undefined;
}

function apply(draft: Draft, { seq, record }: LedgerEntry, event: LedgerEvent): void {
  draft.records.push(record);
  if (event.intentOpened !== undefined) {
    draft.openings += 1;
    draft.intent ??= record.state?.intents.find((intent) => intent.linkId === draft.linkId);
    if (draft.openings === 1) draft.openedSeq = seq;
  }
  if (event.acknowledged !== undefined) draft.acknowledged ??= record;
  if (event.execution !== undefined) draft.executions.push(record);
  if (event.closed !== undefined) draft.closed ??= record;
  if (event.postcondition !== undefined) {
    draft.postcondition = event.postcondition;
    draft.postconditionRecord = record;
  }
  if (event.closed !== undefined || event.rejected !== undefined || event.neverArrived !== undefined) {
    draft.endedSeq ??= seq;
  }
}

/** Key of an intent over all accounts: link ids are unique per account only. */
export function intentKey(account: string, linkId: string): string {
  return `${account}/${linkId}`;
}

/** Puts the ledger's records together by order link id. @param ledger all records, in stream order */
export function intentHistories(ledger: readonly LedgerEntry[]): ReadonlyMap<string, IntentHistory> {
  const drafts = new Map<string, Draft>();
  for (const entry of ledger) {
    const event = ledgerEvent(entry.record);
    const linkId = linkIdOf(event);
    if (linkId === undefined) continue;
    const { account } = entry.record;
    const key = intentKey(account, linkId);
    let draft = drafts.get(key);
    if (draft === undefined) {
      draft = {
        account,
        linkId,
        records: [],
        executions: [],
        intent: undefined,
        openings: 0,
        openedSeq: entry.seq,
        endedSeq: undefined,
        acknowledged: undefined,
        closed: undefined,
        postcondition: undefined,
        postconditionRecord: undefined,
      };
      drafts.set(key, draft);
    }
    apply(draft, entry, event);
  }
  return drafts;
}
