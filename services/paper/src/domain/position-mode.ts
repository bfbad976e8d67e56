import type { Account } from "./account.ts";
import { positionsOf } from "./account.ts";
import type { Emit } from "./events.ts";
import { emitPosition } from "./fills.ts";
import type { OrderRequest } from "./orders.ts";
import { contractKind } from "./positions.ts";
import type { Refusal, Result } from "./refusal.ts";
import { REFUSALS, accept, refuseWith } from "./refusal.ts";
import type { ExchangeState } from "./state.ts";

/** 0 one-way, 3 long and short side by side (hedge). */
export type PositionMode = 0 | 3;

/** What switch-mode names: a symbol, or every symbol that settles in a coin. */
export interface ModeRequest {
  readonly symbol: string | undefined;
  readonly coin: string | undefined;
  readonly mode: PositionMode;
}

/** Index 0 belongs to one-way mode, 1 (long) and 2 (short) to hedge mode. */
export function positionIdxProblem(
  account: Account,
  request: Pick<OrderRequest, "symbol" | "positionIdx">,
): Refusal | undefined {
  const hedged = account.hedgeSymbols.has(request.symbol);
  const fits = hedged ? request.positionIdx === 1 || request.positionIdx === 2 : request.positionIdx === 0;
  return fits ? undefined : REFUSALS.positionIdx;
}

/** In hedge mode selling from the long and buying from the short side can only close. */
export function withImpliedReduce(request: OrderRequest): OrderRequest {
  const closes =
    (request.positionIdx === 1 && request.side === "Sell") || (request.positionIdx === 2 && request.side === "Buy");
  return closes && !request.reduceOnly ? { ...request, reduceOnly: true } : request;
}

/** Why one symbol cannot take the mode; undefined when it can. */
function switchProblem(account: Account, symbol: string, mode: PositionMode): Refusal | undefined {
  if (contractKind(symbol) === "inverse") return mode === 0 ? REFUSALS.modeNotModified : REFUSALS.noHedgeMode;
  if (account.hedgeSymbols.has(symbol) === (mode === 3)) return REFUSALS.modeNotModified;
  if (positionsOf(account, symbol).some((position) => !position.qty.isZero())) return REFUSALS.modeWithPosition;
  const busy = [...account.openOrders].some((order) => order.category !== "spot" && order.symbol === symbol);
  return busy ? REFUSALS.modeWithOrders : undefined;
}

/** Switches between one-way and hedge mode. With a coin, symbols that cannot or need not change stay as they are. */
export function switchPositionMode(
  state: ExchangeState,
  account: Account,
  request: ModeRequest,
  timeMs: number,
  emit: Emit,
): Result<undefined> {
  if (request.symbol !== undefined && !state.marketBySymbol.has(request.symbol)) {
    return refuseWith(REFUSALS.unknownSymbol);
  }
  const symbols =
    request.symbol === undefined
      ? state.markets
          .map((market) => market.instrument.symbol)
          .filter((symbol) => contractKind(symbol) === "linear" && request.coin === "USDT")
      : [request.symbol];
  const problems = symbols.map((symbol) => switchProblem(account, symbol, request.mode));
  const [first] = problems;
  if (problems.every((problem) => problem !== undefined)) return refuseWith(first ?? REFUSALS.unknownSymbol);
  for (const [index, symbol] of symbols.entries()) {
    if (problems[index] !== undefined) continue;
    if (request.mode === 3) account.hedgeSymbols.add(symbol);
    else account.hedgeSymbols.delete(symbol);
    const market = state.marketBySymbol.get(symbol);
    if (market !== undefined) emitPosition(state, account, market, timeMs, emit);
  }
  return accept(undefined);
}
