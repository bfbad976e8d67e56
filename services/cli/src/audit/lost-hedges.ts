import type { Finding } from "./findings.ts";
import { groupBy } from "./group.ts";
import { needsOf } from "./hedge-need.ts";
import type { HedgeNeed } from "./hedge-need.ts";
import { movesPosition } from "./input.ts";
import type { AuditInput } from "./input.ts";
import { intentHistories, intentKey } from "./intent-history.ts";
import { ledgerEvent } from "./ledger-event.ts";

const US_PER_MS = 1000;
const DEFAULT_LOT = "0.001";

/** A stated reason why an account was not hedged; the symbol is "" when it holds for all. */
interface Reason {
  readonly account: string;
  readonly atMs: number;
  readonly symbol: string;
}

/** Refusals, rejections, unknown outcomes and residuals that the ledger states, and liquidations of the loan. */
function statedReasons(input: AuditInput): readonly Reason[] {
  const histories = intentHistories(input.ledger);
  const inLedger = input.ledger.flatMap(({ record }): Reason[] => {
    const event = ledgerEvent(record);
    const residual = event.postcondition?.satisfied === false ? event.postcondition : undefined;
    const about = event.rejected ?? event.outcomeUnknown ?? event.neverArrived ?? residual;
    const symbol =
      event.refused?.symbol ??
      (about === undefined ? undefined : histories.get(intentKey(record.account, about.linkId))?.intent?.symbol);
    return symbol === undefined ? [] : [{ account: record.account, atMs: record.recordedTimeUs / US_PER_MS, symbol }];
  });
  const liquidations = input.loans.flatMap(({ account, liquidatedAtMs }): Reason[] =>
    liquidatedAtMs === undefined ? [] : [{ account, atMs: liquidatedAtMs, symbol: "" }],
  );
  return [...inLedger, ...liquidations];
}

/** Every need for a hedge, met in time or not, by the exchange's book and the decisions. */
export function hedgeNeeds(input: AuditInput): readonly HedgeNeed[] {
  const { endedAtMs, rules } = input;
  const trades = groupBy(
    input.executions.filter(movesPosition),
    (execution) => `${execution.account}/${execution.symbol}`,
  );
  return [...groupBy(input.decisions, (entry) => entry.decision.account)].flatMap(([account, decisions]) => {
    const symbols = new Set(decisions.flatMap((entry) => entry.decision.targets.map((target) => target.symbol)));
    return [...symbols].flatMap((symbol) => {
      const lot = rules.lotSize[symbol] ?? DEFAULT_LOT;
      return needsOf(account, symbol, decisions, trades.get(`${account}/${symbol}`) ?? [], endedAtMs, rules, lot);
    });
  });
}

/** I2: whoever needs a hedge has, within the deadline, a fill or a reason that is there to be read. */
export function lostHedges(input: AuditInput): readonly Finding[] {
  const reasons = groupBy(statedReasons(input), (reason) => reason.account);
  return hedgeNeeds(input).flatMap((need): Finding[] => {
    const { account, symbol, fromMs, toMs, deadlineMs, positionQty, targetQty } = need;
    if (toMs <= deadlineMs) return [];
    const explained = (reasons.get(account) ?? []).some(
      (reason) =>
        reason.atMs >= fromMs && reason.atMs <= deadlineMs && (reason.symbol === symbol || reason.symbol === ""),
    );
    if (explained) return [];
    const waited = `${Math.round(toMs - fromMs)} ms (deadline ${Math.round(deadlineMs - fromMs)} ms)`;
    const what = `${symbol} should have gone from ${positionQty} to ${targetQty}; for ${waited} there was neither a fill nor a stated reason`;
    return [{ kind: "lostHedges", account, subject: "", what }];
  });
}
