import type { Account } from "./account.ts";
import { positionsOf } from "./account.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { emitPosition, emitWallet } from "./fills.ts";
import { riskTierOf } from "./instruments.ts";
import { accountMargin, tierValue } from "./margin.ts";
import { DECIMAL_TEXT, decimal } from "./money.ts";
import { settleCoinOf } from "./positions.ts";
import type { Result } from "./refusal.ts";
import { REFUSALS, accept, refuse, refuseWith } from "./refusal.ts";
import { marginRules } from "./state.ts";
import type { ExchangeState } from "./state.ts";

export interface LeverageRequest {
  readonly symbol: string;
  readonly buyLeverage: string;
  readonly sellLeverage: string;
}

/**
 * Sets the leverage of a symbol: both sides alike in cross margin. Refused when unchanged (110043), above what the
 * position's risk tier allows (110013), or when the higher margin is not there (110007).
 */
export function setLeverage(
  state: ExchangeState,
  account: Account,
  request: LeverageRequest,
  timeMs: number,
  emit: Emit,
): Result<undefined> {
  const market = state.marketBySymbol.get(request.symbol);
  if (market === undefined) return refuseWith(REFUSALS.unknownSymbol);
  const { buyLeverage, sellLeverage } = request;
  if (!DECIMAL_TEXT.test(buyLeverage) || !DECIMAL_TEXT.test(sellLeverage)) {
    return refuse(10001, "params error: leverage invalid");
  }
  const wanted = decimal(buyLeverage);
  if (!wanted.isEqualTo(sellLeverage)) return refuse(10001, "buy leverage not equal to sell leverage");
  const { linear } = market.instrument;
  if (wanted.isLessThan(1) || wanted.isGreaterThan(linear.maxLeverage)) {
    return refuse(110013, "cannot set leverage gt maxLeverage by risk limit");
  }
  const positions = positionsOf(account, request.symbol);
  if (positions.every((one) => wanted.isEqualTo(one.leverage))) return refuse(110043, "leverage not modified");
  if (positions.some((one) => wanted.isGreaterThan(riskTierOf(linear, tierValue(one)).maxLeverage))) {
    return refuse(110013, "cannot set leverage gt maxLeverage by risk limit");
  }
  const before = positions.map((one) => one.leverage);
  for (const one of positions) one.leverage = wanted.toFixed();
  const margin = accountMargin(account, marginRules(state));
  const lowered = positions.some((_, index) => wanted.isLessThan(before[index] ?? "0"));
  if (lowered && (margin.imRate === undefined || margin.imRate.isGreaterThan(1))) {
    for (const [index, one] of positions.entries()) one.leverage = before[index] ?? one.leverage;
    return refuse(110007, "ab not enough for new leverage");
  }
  refreshFast(state, account);
  emitPosition(state, account, market, timeMs, emit);
  emitWallet(state, account, timeMs, emit, [settleCoinOf(request.symbol)]);
  return accept(undefined);
}
