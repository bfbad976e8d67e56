import { createAccount } from "./account.ts";
import type { Account } from "./account.ts";
import { createBank } from "./bank.ts";
import type { BankRules } from "./bank.ts";
import type { DayStats } from "./day-stats.ts";
import { deleveragePart, fillBeforeCancel, fillPart, setBankDelays } from "./disturb.ts";
import type { BankDelays } from "./disturb.ts";
import type { Emit, ExchangeEvent } from "./events.ts";
import { EMPTY_FAST } from "./fast-account.ts";
import { refreshFast, refreshShadow } from "./fast-view.ts";
import type { FeeRates } from "./fees.ts";
import type { CollateralTiers, LoanLines } from "./loans.ts";
import { createLoan } from "./loans.ts";
import type { BookThickness, MarketOptions } from "./market.ts";
import { createMarket, openMarketBar, setThickness } from "./market.ts";
import { postFund } from "./ledger.ts";
import { ZERO, decimal } from "./money.ts";
import { runMoneyCommand } from "./money-commands.ts";
import type { MoneyAnswer, MoneyCommand } from "./money-commands.ts";
import { amendOrder } from "./order-amend.ts";
import type { AmendRequest } from "./order-amend.ts";
import { cancelAllOrders, cancelOrder, createOrder } from "./order-entry.ts";
import type { CancelScope, OrderTarget } from "./order-entry.ts";
import type { Order, OrderRequest } from "./orders.ts";
import { setTradingStop } from "./position-exits.ts";
import type { TradingStop } from "./position-exits.ts";
import { switchPositionMode } from "./position-mode.ts";
import type { ModeRequest } from "./position-mode.ts";
import { refreshMarket } from "./public-record.ts";
import type { Result } from "./refusal.ts";
import { createSequence } from "./sequence.ts";
import type { ExchangeState, IdSource } from "./state.ts";
import { emptyStats } from "./stats.ts";
import { followAccount, settleDue, stepExchange } from "./step.ts";
import type { StepTime } from "./step.ts";
import { newBalance } from "./wallet.ts";

/** An account as configured: amounts are decimal strings by coin. */
export interface AccountSetup {
  readonly name: string;
  readonly uid: string;
  readonly wallet: Readonly<Record<string, string>>;
  readonly collateral: Readonly<Record<string, string>>;
  readonly debt: Readonly<Record<string, string>>;
  /** Funding wallet; empty when absent. */
  readonly fund?: Readonly<Record<string, string>>;
  readonly legacyLoans?: readonly LegacySetup[];
}

/** A loan of the legacy product as configured. */
export interface LegacySetup {
  readonly loanCurrency: string;
  readonly loanAmount: string;
  readonly collateralCurrency: string;
  readonly collateralAmount: string;
}

export interface ExchangeOptions {
  readonly markets: readonly MarketOptions[];
  readonly accounts: readonly AccountSetup[];
  readonly fees: FeeRates;
  readonly loanLines: LoanLines;
  readonly collateralTiers: CollateralTiers;
  readonly ids: IdSource;
  readonly time: StepTime;
  /** Terms of loans and funding that differ from the defaults. */
  readonly bank?: Partial<BankRules>;
}

/** What a command did: its answer, and what there is to tell. */
export interface Outcome<T> {
  readonly result: Result<T>;
  readonly events: readonly ExchangeEvent[];
}

/** The exchange: commands in, events out. Pure: same options and commands give the same events. */
export interface Exchange {
  readonly state: ExchangeState;
  /** Moves every market to a new price. @param prices in the order of the markets */
  step(prices: readonly number[], time: StepTime): readonly ExchangeEvent[];
  /** Does what the clock makes due where no step comes: pending transfers and loans, interest, funding. */
  settle(timeMs: number): readonly ExchangeEvent[];
  /** Takes the 24-hour figures of a new minute, in the order of the markets. */
  openBar(days: readonly DayStats[], time: StepTime): void;
  /** Makes the books of a symbol thicker or thinner; undefined gives them their own shape back. */
  setThickness(symbol: string, thickness: BookThickness | undefined): void;
  /** Makes transfers, loans and their histories slow or unclear. */
  setBankDelays(delays: BankDelays): void;
  /** Fills part of a resting order, as the market might. */
  fillPart(account: Account, target: OrderTarget & { readonly fraction: number }, timeMs: number): Outcome<Order>;
  /** A cancellation that the fill overtakes. */
  fillBeforeCancel(account: Account, target: OrderTarget, timeMs: number): Outcome<Order>;
  /** Auto-deleveraging of part of a position. */
  deleveragePart(
    account: Account,
    named: { readonly symbol: string; readonly qty: string },
    timeMs: number,
  ): Outcome<undefined>;
  /** A silent market shows that it is alive: a new sequence number, or with `book` its deeper levels anew. */
  refreshMarket(symbol: string, spot: boolean, book: boolean): void;
  /** Transfers, loans, leverage and what else moves or frees money. @returns the answer's result object */
  money(account: Account, command: MoneyCommand, timeMs: number): Outcome<MoneyAnswer>;
  createOrder(account: Account, request: OrderRequest, timeMs: number): Outcome<Order>;
  amendOrder(account: Account, request: AmendRequest, timeMs: number): Outcome<Order>;
  cancelOrder(account: Account, target: OrderTarget, timeMs: number): Outcome<Order>;
  cancelAllOrders(account: Account, scope: CancelScope, timeMs: number): Outcome<readonly Order[]>;
  switchPositionMode(account: Account, request: ModeRequest, timeMs: number): Outcome<undefined>;
  setTradingStop(account: Account, stop: TradingStop, timeMs: number): Outcome<undefined>;
  /** Clamps or refuses limit prices outside the band, for spot or for contracts. */
  setPriceLimitAction(account: Account, category: "spot" | "contract", clamps: boolean): void;
}

function setUpAccount(setup: AccountSetup, createdMs: number): Account {
  const wallet = new Map(Object.entries(setup.wallet).map(([coin, amount]) => [coin, newBalance(decimal(amount))]));
  const account = createAccount({
    name: setup.name,
    uid: setup.uid,
    createdMs,
    wallet,
    loan: createLoan(Object.entries(setup.collateral), Object.entries(setup.debt)),
    stats: emptyStats(),
    emptyFast: EMPTY_FAST,
  });
  for (const [coin, amount] of Object.entries(setup.fund ?? {})) {
    postFund(account, { coin, type: "DEPOSIT", timeMs: createdMs, cashFlow: decimal(amount) });
    account.shadow.fund.set(coin, decimal(amount));
  }
  for (const [index, one] of (setup.legacyLoans ?? []).entries()) {
    account.loanBook.legacy.push({
      orderId: `1793683${setup.uid.padStart(9, "0")}${String(index).padStart(3, "0")}`,
      loanCoin: one.loanCurrency,
      collateralCoin: one.collateralCurrency,
      collateral: decimal(one.collateralAmount),
      principal: decimal(one.loanAmount),
      interest: ZERO,
      openedMs: createdMs,
    });
  }
  return account;
}

function createState(options: ExchangeOptions): ExchangeState {
  const sequence = createSequence(options.time.timeMs);
  const markets = options.markets.map((market) => createMarket(market, sequence));
  return {
    markets,
    marketBySymbol: new Map(markets.map((market) => [market.instrument.symbol, market])),
    marketIndexByCoin: new Map(
      // The first market of a coin prices it: the linear one.
      markets.map((market, index) => [market.instrument.baseCoin, index] as const).toReversed(),
    ),
    accounts: new Map(options.accounts.map((setup) => [setup.uid, setUpAccount(setup, options.time.timeMs)])),
    resting: new Map(),
    waiting: new Set(),
    sequence,
    ids: options.ids,
    fees: options.fees,
    loanLines: options.loanLines,
    collateralTiers: options.collateralTiers,
    prices: markets.map((market) => market.price),
    ordersCreated: 0,
    bank: createBank(options.bank ?? {}, options.time.timeMs),
  };
}

function collecting(): { readonly emit: Emit; readonly events: ExchangeEvent[] } {
  const events: ExchangeEvent[] = [];
  return { events, emit: (event) => void events.push(event) };
}

/** Runs a command and collects what it tells. */
function told<T>(run: (emit: Emit) => Result<T>): Outcome<T> {
  const { emit, events } = collecting();
  return { result: run(emit), events };
}

export function createExchange(options: ExchangeOptions): Exchange {
  const state = createState(options);
  for (const account of state.accounts.values()) {
    refreshFast(state, account);
    refreshShadow(state, account);
    followAccount(state, account, options.time, () => undefined);
  }
  return {
    state,
    step(prices, time) {
      const { emit, events } = collecting();
      stepExchange(state, prices, time, emit);
      return events;
    },
    settle(timeMs) {
      const { emit, events } = collecting();
      settleDue(state, timeMs, emit);
      return events;
    },
    openBar(days) {
      for (const [index, day] of days.entries()) {
        const market = state.markets[index];
        if (market !== undefined) openMarketBar(market, day);
      }
    },
    setThickness(symbol, thickness) {
      const market = state.marketBySymbol.get(symbol);
      if (market !== undefined) setThickness(market, thickness);
    },
    setBankDelays(delays) {
      setBankDelays(state, delays);
    },
    fillPart: (account, target, timeMs) => told((emit) => fillPart(state, account, target, timeMs, emit)),
    fillBeforeCancel: (account, target, timeMs) =>
      told((emit) => fillBeforeCancel(state, account, target, timeMs, emit)),
    deleveragePart: (account, named, timeMs) => told((emit) => deleveragePart(state, account, named, timeMs, emit)),
    refreshMarket(symbol, spot, book) {
      refreshMarket(state, symbol, spot, book);
    },
    money: (account, command, timeMs) =>
      told((emit) => {
        settleDue(state, timeMs, emit);
        return runMoneyCommand(state, account, command, timeMs, emit);
      }),
    createOrder: (account, request, timeMs) => told((emit) => createOrder(state, account, request, timeMs, emit)),
    amendOrder: (account, request, timeMs) => told((emit) => amendOrder(state, account, request, timeMs, emit)),
    cancelAllOrders: (account, scope, timeMs) => told((emit) => cancelAllOrders(state, account, scope, timeMs, emit)),
    switchPositionMode: (account, request, timeMs) =>
      told((emit) => switchPositionMode(state, account, request, timeMs, emit)),
    setTradingStop: (account, stop, timeMs) => told((emit) => setTradingStop(state, account, stop, timeMs, emit)),
    setPriceLimitAction(account, category, clamps) {
      if (category === "spot") account.priceLimits.spotClamps = clamps;
      else account.priceLimits.contractClamps = clamps;
    },
    cancelOrder: (account, target, timeMs) => told((emit) => cancelOrder(state, account, target, timeMs, emit)),
  };
}
