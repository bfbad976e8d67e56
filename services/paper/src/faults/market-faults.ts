import type { Clock } from "@hedgelock/runtime";

import type { Account } from "../domain/account.ts";
import type { ExchangeEvent } from "../domain/events.ts";
import type { Exchange, Outcome } from "../domain/exchange.ts";
import type { ActiveFault, FaultList } from "./fault-list.ts";
import { strikes } from "./fault-list.ts";
import type { FaultSpec } from "./fault-spec.ts";

export interface MarketFaultDeps {
  readonly faults: FaultList;
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly publish: (events: readonly ExchangeEvent[]) => void;
}

function setThickness({ faults, exchange }: MarketFaultDeps, symbol: string): void {
  const spec = faults.of("thin_book").find((one) => one.spec.symbol === symbol)?.spec;
  exchange.setThickness(
    symbol,
    spec === undefined ? undefined : { levels: spec.levels, lotsPerLevel: spec.lotsPerLevel },
  );
}

function setBankDelays({ faults, exchange }: MarketFaultDeps): void {
  const transfers = faults.of("slow_transfers").at(-1)?.spec;
  const loans = faults.of("slow_loans").at(-1)?.spec;
  exchange.setBankDelays({
    transferDelayMs: transfers?.delayMs ?? 0,
    transferUnknown: transfers?.unknown ?? false,
    loanDelayMs: loans?.delayMs ?? 0,
    historyDelayMs: loans?.historyDelayMs ?? 0,
  });
}

/** Lasting changes of the market and the bank. */
function settle(deps: MarketFaultDeps, spec: FaultSpec): void {
  if (spec.kind === "thin_book") setThickness(deps, spec.symbol);
  if (spec.kind === "slow_transfers" || spec.kind === "slow_loans") setBankDelays(deps);
}

/** What happens once, when the fault is put in. The count shows whether it did. */
function happen(deps: MarketFaultDeps, fault: ActiveFault, account: Account): void {
  const { spec } = fault;
  const nowMs = deps.clock.nowMs();
  let outcome: Outcome<unknown> | undefined;
  if (spec.kind === "fill_order") {
    const { category, symbol, orderId, orderLinkId, fraction } = spec;
    outcome = deps.exchange.fillPart(account, { category, symbol, orderId, orderLinkId, fraction }, nowMs);
  }
  if (spec.kind === "adl") {
    outcome = deps.exchange.deleveragePart(account, { symbol: spec.symbol, qty: spec.qty }, nowMs);
  }
  if (outcome === undefined) return;
  fault.seen += 1;
  if (outcome.result.ok) fault.applied += 1;
  deps.publish(outcome.events);
}

/** Carries the faults that change the market itself into the exchange, and takes back those that last. */
export function connectMarketFaults(deps: MarketFaultDeps): void {
  deps.faults.listen({
    added: (fault) => {
      settle(deps, fault.spec);
      const account = deps.exchange.state.accounts.get(fault.spec.account ?? "");
      if (account !== undefined) happen(deps, fault, account);
    },
    removed: ({ spec }) => {
      settle(deps, spec);
    },
  });
}

/** The exchange as its clients meet it: their cancellations may come too late. */
export function racingExchange(exchange: Exchange, faults: FaultList): Exchange {
  return {
    ...exchange,
    cancelOrder(account, target, timeMs) {
      const fault = faults.of("cancel_fill_race").find(({ spec }) => (spec.account ?? account.uid) === account.uid);
      if (fault === undefined || !strikes(fault)) return exchange.cancelOrder(account, target, timeMs);
      return exchange.fillBeforeCancel(account, target, timeMs);
    },
  };
}
