import type { Account } from "../domain/account.ts";
import { loanValue } from "../domain/loans.ts";
import type { Loan, LoanLiquidation } from "../domain/loans.ts";
import { positionMargin } from "../domain/margin.ts";
import { plain } from "../domain/money.ts";
import type { Decimal } from "../domain/money.ts";
import { positionSide } from "../domain/positions.ts";
import { marketOf, usdPrice } from "../domain/state.ts";
import type { ExchangeState } from "../domain/state.ts";
import type { JsonObject } from "../views/json.ts";
import { executionRow, orderRow } from "../views/order-view.ts";

function amounts(map: ReadonlyMap<string, Decimal>): JsonObject {
  return Object.fromEntries([...map].map(([coin, amount]) => [coin, plain(amount)]));
}

function liquidationView(liquidation: LoanLiquidation | undefined): JsonObject | null {
  if (liquidation === undefined) return null;
  return {
    timeMs: liquidation.timeMs,
    replayTimeMs: liquidation.replayTimeMs,
    ltv: plain(liquidation.ltv, 6),
    prices: amounts(liquidation.prices),
    sold: amounts(liquidation.sold),
    returned: amounts(liquidation.returned),
    debtUsd: plain(liquidation.debtUsd),
    feeUsd: plain(liquidation.feeUsd),
    shortfallUsd: plain(liquidation.shortfallUsd),
  };
}

function loanView(state: ExchangeState, loan: Loan): JsonObject {
  const value = loanValue(loan, (coin) => usdPrice(state, coin), state.collateralTiers);
  return {
    collateral: amounts(loan.collateral),
    debt: amounts(loan.debt),
    collateralUsd: plain(value.collateralUsd),
    debtUsd: plain(value.debtUsd),
    ltv: value.ltv === undefined ? null : plain(value.ltv, 6),
    liquidated: liquidationView(loan.liquidation),
  };
}

function positionsView(state: ExchangeState, account: Account): readonly JsonObject[] {
  return [...account.positions.values()].map((position) => {
    const margin = positionMargin(position, marketOf(state, position.symbol), state.fees.takerLinear);
    return {
      symbol: position.symbol,
      side: positionSide(position),
      size: plain(position.qty.abs()),
      entryPrice: plain(margin.entryPrice),
      markPrice: plain(margin.markPrice),
      unrealisedPnl: plain(margin.unrealisedPnl),
      cumRealisedPnl: plain(position.cumRealisedPnl),
    };
  });
}

/** Every account as the exchange knows it, with the figures followed on every step. */
export function simAccounts(state: ExchangeState): readonly JsonObject[] {
  return [...state.accounts.values()].map((account) => ({
    account: account.name,
    uid: account.uid,
    loan: loanView(state, account.loan),
    unhedgedLoan: loanView(state, account.shadow.loan),
    wallet: Object.fromEntries([...account.wallet].map(([coin, balance]) => [coin, plain(balance.walletBalance)])),
    fund: amounts(account.fund),
    marginCalled: account.loanBook.marginCalled,
    positions: positionsView(state, account),
    unifiedLiquidationsMs: account.unifiedLiquidationsMs,
    stats: account.stats,
  }));
}

/** The exchange's own book of orders since its start, oldest first within an account. */
export function simOrders(state: ExchangeState): readonly JsonObject[] {
  return [...state.accounts.values()].flatMap((account) =>
    account.orders.map((order) => ({
      account: account.name,
      uid: account.uid,
      category: order.category,
      ...orderRow(order, marketOf(state, order.symbol)),
    })),
  );
}

/** The exchange's own book of executions since its start, oldest first within an account. */
export function simExecutions(state: ExchangeState): readonly JsonObject[] {
  return [...state.accounts.values()].flatMap((account) =>
    account.executions.map((execution) => ({
      account: account.name,
      uid: account.uid,
      category: execution.category,
      ...executionRow(execution),
      execPnl: plain(execution.execPnl),
    })),
  );
}
