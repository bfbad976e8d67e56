import type { Finding } from "./findings.ts";
import type { IntentHistory } from "./intent-history.ts";

/** Intents that no record ended, and fills whose effect nobody checked. */
export function unresolvedIntents(histories: ReadonlyMap<string, IntentHistory>): readonly Finding[] {
  return [...histories.values()].flatMap((history) => {
    const { account, linkId } = history;
    const finding = (what: string): Finding[] => [{ kind: "unresolvedIntents", account, subject: linkId, what }];
    if (history.openings === 0) {
      // Booked fills of foreign orders are facts about the position; orphanOrders looks at those.
      const foreign = history.executions.length === history.records.length;
      return foreign ? [] : finding(`the ledger has events for ${linkId}, which no record opened`);
    }
    if (history.endedSeq === undefined) {
      return finding(`the intent ${linkId} was opened and never closed, rejected or proved not to have arrived`);
    }
    if (history.executions.length > 0 && history.postcondition === undefined) {
      return finding(`the intent ${linkId} was filled and its postcondition was never checked`);
    }
    return [];
  });
}
