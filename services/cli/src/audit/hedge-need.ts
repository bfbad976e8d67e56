import { InputQuality, RiskState } from "@hedgelock/contracts";
import type { Decision, HedgeTarget } from "@hedgelock/contracts";
import { BigNumber } from "bignumber.js";

import type { AuditRules, DecisionEntry, VenueExecution } from "./input.ts";
import { amountOrZero, signedQty } from "./signed.ts";

const US_PER_MS = 1000;

/** A stretch in which the decisions asked for more hedge than the exchange's book shows, without progress. */
export interface HedgeNeed {
  readonly account: string;
  readonly symbol: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** When it should have been met, by the strictest state it passed. */
  readonly deadlineMs: number;
  /** What was asked for and what there was when it began. */
  readonly targetQty: string;
  readonly positionQty: string;
}

/** What one account's decisions and book said about one symbol at one moment. */
interface Moment {
  readonly atMs: number;
  readonly deadlineMs: number;
  readonly targetQty: string;
  readonly position: BigNumber;
  /** Signed distance to the target, beyond band and rounding; undefined where nothing is needed or can be asked. */
  readonly gap: BigNumber | undefined;
}

interface Fill {
  readonly atMs: number;
  readonly qty: BigNumber;
  /** Position after it. */
  readonly position: BigNumber;
}

function fillsOf(trades: readonly VenueExecution[]): readonly Fill[] {
  let position = new BigNumber(0);
  return trades
    .toSorted((a, b) => a.execTimeMs - b.execTimeMs)
    .map((trade) => {
      const qty = signedQty(trade.side, trade.qty);
      position = position.plus(qty);
      return { atMs: trade.execTimeMs, qty, position };
    });
}

/** Signed distance to the target where it is beyond band and rounding. On stale inputs nothing new is asked for. */
function gapOf(
  target: HedgeTarget | undefined,
  decision: Decision,
  position: BigNumber,
  lot: string,
): BigNumber | undefined {
  if (target === undefined || decision.inputQuality !== InputQuality.INPUT_QUALITY_FRESH) return undefined;
  const gap = amountOrZero(target.targetQty).minus(position);
  return gap.abs().gt(amountOrZero(target.bandQty).plus(lot)) ? gap : undefined;
}

function waitOf(state: RiskState, rules: AuditRules): number {
  return state === RiskState.RISK_STATE_CAUTION ? rules.hedgeDeadlineMs.caution : rules.hedgeDeadlineMs.other;
}

/** The moments at which a need may begin, make progress or end: every decision, and every fill until the next one. */
function momentsOf(
  symbol: string,
  decisions: readonly DecisionEntry[],
  fills: readonly Fill[],
  lot: string,
  rules: AuditRules,
): Moment[] {
  const moments: Moment[] = [];
  let next = 0;
  let position = new BigNumber(0);
  decisions.forEach(({ decision }, index) => {
    const target = decision.targets.find((candidate) => candidate.symbol === symbol);
    const decidedMs = decision.decidedTimeUs / US_PER_MS;
    const nextUs = decisions[index + 1]?.decision.decidedTimeUs;
    const untilMs = nextUs === undefined ? Number.POSITIVE_INFINITY : nextUs / US_PER_MS;
    const add = (atMs: number): void => {
      const deadlineMs = atMs + waitOf(decision.state, rules);
      moments.push({
        atMs,
        deadlineMs,
        targetQty: target?.targetQty ?? "",
        position,
        gap: gapOf(target, decision, position, lot),
      });
    };
    const take = (beforeMs: number, each: (fill: Fill) => void): void => {
      for (let fill = fills[next]; fill !== undefined && fill.atMs <= beforeMs; fill = fills[next]) {
        next += 1;
        position = fill.position;
        each(fill);
      }
    };
    take(decidedMs, () => {});
    add(decidedMs);
    take(untilMs, (fill) => add(fill.atMs));
  });
  return moments;
}

/**
 * Needs of one account and symbol. A need begins with the first decision that asks for it, begins anew at every fill in
 * the needed direction, and ends with the decision or the fill after which nothing is missing, or with the run.
 */
export function needsOf(
  account: string,
  symbol: string,
  decisions: readonly DecisionEntry[],
  trades: readonly VenueExecution[],
  endedAtMs: number,
  rules: AuditRules,
  lot: string,
): readonly HedgeNeed[] {
  const fills = fillsOf(trades);
  const needs: HedgeNeed[] = [];
  let open: { readonly since: Moment; readonly gap: BigNumber; deadlineMs: number; position: BigNumber } | undefined;
  const close = (toMs: number): void => {
    if (open === undefined) return;
    const { since, deadlineMs } = open;
    needs.push({
      account,
      symbol,
      fromMs: since.atMs,
      toMs,
      deadlineMs,
      targetQty: since.targetQty,
      positionQty: since.position.toFixed(),
    });
    open = undefined;
  };
  for (const moment of momentsOf(symbol, decisions, fills, lot, rules)) {
    const { gap, position, atMs } = moment;
    if (open !== undefined) {
      const moved = position.minus(open.position);
      const progressed = !moved.isZero() && moved.isNegative() === open.gap.isNegative();
      if (gap === undefined || progressed || gap.isNegative() !== open.gap.isNegative()) close(atMs);
    }
    if (gap === undefined) continue;
    open ??= { since: moment, gap, deadlineMs: moment.deadlineMs, position };
    open.deadlineMs = Math.min(open.deadlineMs, moment.deadlineMs);
    open.position = position;
  }
  close(endedAtMs);
  return needs;
}
