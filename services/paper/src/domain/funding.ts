import type { Account } from "./account.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { emitPosition, emitWallet } from "./fills.ts";
import { postUnified } from "./ledger.ts";
import type { Market } from "./market.ts";
import { priceOf } from "./market.ts";
import type { Decimal } from "./money.ts";
import { ZERO } from "./money.ts";
import type { Execution } from "./orders.ts";
import { contractValue, positionSide } from "./positions.ts";
import type { Position } from "./positions.ts";
import { newId } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { coinBalance } from "./wallet.ts";

const MINUTE_MS = 60_000;

/** The next settlement after `timeMs`: full intervals since the epoch, as 00, 08 and 16 UTC. */
function nextSettlementMs(market: Market, timeMs: number): number {
  const intervalMs = market.instrument.linear.fundingIntervalMinutes * MINUTE_MS;
  return (Math.floor(timeMs / intervalMs) + 1) * intervalMs;
}

/** A funding payment as the executions show it: fee above 0 paid, rate negated for shorts (as recorded). */
function fundingExecution(
  state: ExchangeState,
  account: Account,
  position: Position,
  facts: {
    readonly market: Market;
    readonly mark: Decimal;
    readonly paid: Decimal;
    readonly atMs: number;
    readonly seq: number;
  },
): Execution {
  const { market, mark, paid, atMs, seq } = facts;
  const { fundingRate } = state.bank.rules;
  const side = positionSide(position) === "Sell" ? "Sell" : "Buy";
  const size = position.qty.abs();
  return {
    category: position.contract,
    execId: newId(state),
    uid: account.uid,
    symbol: position.symbol,
    orderId: `${atMs / 1000}-1-${account.uid}-${market.instrument.linear.symbolId}-2`,
    orderLinkId: "",
    side,
    orderType: "UNKNOWN",
    createType: "",
    stopOrderType: "",
    orderPrice: ZERO,
    orderQty: ZERO,
    leavesQty: ZERO,
    execType: "Funding",
    execPrice: mark,
    execQty: size,
    execValue: contractValue(position.contract, size, mark),
    execFee: paid,
    feeCoin: position.settleCoin,
    feeRate: side === "Sell" ? negatedRate(fundingRate) : fundingRate,
    isMaker: false,
    isLeverage: false,
    marketUnit: "",
    closedSize: ZERO,
    execPnl: ZERO,
    markPrice: mark,
    execTimeMs: atMs,
    seq,
  };
}

function negatedRate(rate: string): string {
  return rate.startsWith("-") ? rate.slice(1) : `-${rate}`;
}

/** size x mark x rate: longs pay when the rate is above 0 (Bybit v5, funding). */
function settlePosition(
  state: ExchangeState,
  account: Account,
  position: Position,
  market: Market,
  atMs: number,
  emit: Emit,
): void {
  const mark = priceOf(market);
  const value = contractValue(position.contract, position.qty.abs(), mark);
  const owed = value.times(state.bank.rules.fundingRate).decimalPlaces(8);
  const paid = position.qty.isGreaterThan(0) ? owed : owed.negated();
  const seq = state.sequence.next();
  const execution = fundingExecution(state, account, position, { market, mark, paid, atMs, seq });
  postUnified(account, {
    coin: position.settleCoin,
    type: "SETTLEMENT",
    timeMs: atMs,
    funding: paid.negated(),
    category: position.contract,
    symbol: position.symbol,
    side: execution.side,
    qty: position.qty.abs(),
    size: position.qty,
    tradePrice: mark,
    feeRate: execution.feeRate,
    tradeId: execution.execId,
    orderId: execution.orderId,
  });
  const balance = coinBalance(account.wallet, position.settleCoin);
  balance.cumRealisedPnl = balance.cumRealisedPnl.minus(paid);
  position.curRealisedPnl = position.curRealisedPnl.minus(paid);
  position.cumRealisedPnl = position.cumRealisedPnl.minus(paid);
  position.updatedMs = atMs;
  position.seq = seq;
  account.executions.push(execution);
  emit({ kind: "execution", uid: account.uid, timeMs: atMs, seq, executions: [execution] });
}

/** Pays the funding of one perpetual to and by every account that holds it. */
export function settleFunding(state: ExchangeState, market: Market, atMs: number, emit: Emit): void {
  for (const account of state.accounts.values()) {
    const held = [...account.positions.values()].filter(
      (position) => position.symbol === market.instrument.symbol && !position.qty.isZero(),
    );
    if (held.length === 0) continue;
    for (const position of held) settlePosition(state, account, position, market, atMs, emit);
    refreshFast(state, account);
    emitPosition(state, account, market, atMs, emit);
    emitWallet(state, account, atMs, emit, [...new Set(held.map((position) => position.settleCoin))]);
  }
}

/** Settles funding that has fallen due. A perpetual first seen now starts with its next full interval. */
export function settleFundingDue(state: ExchangeState, timeMs: number, emit: Emit): void {
  const { nextFundingMs } = state.bank;
  for (const market of state.markets) {
    const { symbol } = market.instrument;
    let dueMs = nextFundingMs.get(symbol);
    if (dueMs === undefined) {
      nextFundingMs.set(symbol, nextSettlementMs(market, timeMs));
      continue;
    }
    while (dueMs <= timeMs) {
      settleFunding(state, market, dueMs, emit);
      dueMs = nextSettlementMs(market, dueMs);
      nextFundingMs.set(symbol, dueMs);
    }
  }
}
