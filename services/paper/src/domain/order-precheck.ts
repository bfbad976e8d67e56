import type { Account } from "./account.ts";
import { riskTierOf } from "./instruments.ts";
import { accountMargin } from "./margin.ts";
import { ZERO } from "./money.ts";
import type { Decimal } from "./money.ts";
import { examineOrder, neededMargin } from "./order-entry.ts";
import { orderValue } from "./order-rules.ts";
import type { OrderRequest } from "./orders.ts";
import type { Result } from "./refusal.ts";
import { accept } from "./refusal.ts";
import { marginRules, usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";

/** Margin rates times 10,000, before and after an order. */
export interface PreCheck {
  readonly preImrE4: number;
  readonly preMmrE4: number;
  readonly postImrE4: number;
  readonly postMmrE4: number;
}

function e4(margin: Decimal, balance: Decimal): number {
  if (margin.isZero() || !balance.isGreaterThan(0)) return 0;
  return margin.div(balance).times(10_000).integerValue().toNumber();
}

/** What an order would do to the account's margin rates. Places nothing; the refusals are those of a real order. */
export function preCheckOrder(state: ExchangeState, account: Account, request: OrderRequest): Result<PreCheck> {
  const examined = examineOrder(state, account, request);
  if (!examined.ok) return examined;
  const { checked, tradable, request: asked } = examined.value;
  const margin = accountMargin(account, marginRules(state));
  const balance = margin.totalAvailableBalance.plus(margin.totalInitialMargin);
  const isContract = tradable.category !== "spot";
  const addedIm = isContract ? neededMargin(state, account, asked, checked, tradable) : ZERO;
  const inUsd = tradable.category === "inverse" ? usdPrice(state, tradable.settleCoin) : usdPrice(state, "USDT");
  const coinValue = orderValue(checked, tradable);
  const value = coinValue.times(inUsd);
  const { maintenanceMargin } = riskTierOf(tradable.market.instrument.linear, coinValue.toNumber());
  const addedMm = addedIm.isZero() ? ZERO : value.times(maintenanceMargin).plus(value.times(state.fees.takerLinear));
  return accept({
    preImrE4: e4(margin.totalInitialMargin, balance),
    preMmrE4: e4(margin.totalMaintenanceMargin, balance),
    postImrE4: e4(margin.totalInitialMargin.plus(addedIm), balance),
    postMmrE4: e4(margin.totalMaintenanceMargin.plus(addedMm), balance),
  });
}
