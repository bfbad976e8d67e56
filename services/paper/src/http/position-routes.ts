import { z } from "zod";

import { positionKey, positionsOf } from "../domain/account.ts";
import { closedProfit } from "../domain/closed-pnl.ts";
import type { ClosedPnl } from "../domain/closed-pnl-row.ts";
import type { PositionState } from "../domain/events.ts";
import { positionMargin } from "../domain/margin.ts";
import { plain } from "../domain/money.ts";
import { contractKind } from "../domain/positions.ts";
import type { Position } from "../domain/positions.ts";
import { REFUSALS, accept, refuse } from "../domain/refusal.ts";
import { marketOf } from "../domain/state.ts";
import { positionRow } from "../views/position-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, PrivateRoute } from "./api.ts";
import { listAnswer, moneyRoute, readRoute } from "./money-route.ts";
import { categoryParam, param, timeParams } from "./params.ts";

function stateOf(venue: Venue, position: Position): PositionState {
  const { state } = venue.exchange;
  return { position, margin: positionMargin(position, marketOf(state, position.symbol), state.fees.takerLinear) };
}

/** Open positions of a category that settle in a coin (any when not given). */
function openPositions(caller: Caller, category: string, settleCoin: string | undefined): readonly Position[] {
  return [...caller.account.positions.values()].filter(
    (one) =>
      one.contract === category && !one.qty.isZero() && (settleCoin === undefined || one.settleCoin === settleCoin),
  );
}

/** With a symbol its row even when flat; with a settle coin (inverse: without anything) only what is open. */
function positions(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { query } = request;
  const category = categoryParam(query);
  if (!category.ok) return fail(category.refusal);
  const symbol = param(query, "symbol");
  const settleCoin = param(query, "settleCoin");
  if (category.value === "spot") return badParameter("category invalid");
  if (category.value === "option") return answer({ category: "option", list: [], nextPageCursor: "" });
  if (category.value === "linear" && symbol === undefined && settleCoin === undefined) {
    return badParameter("symbol or settleCoin is required");
  }
  if (symbol !== undefined && !venue.exchange.state.marketBySymbol.has(symbol)) return fail(REFUSALS.unknownSymbol);
  if (symbol !== undefined && contractKind(symbol) !== category.value) return fail(REFUSALS.unknownSymbol);
  const shown =
    symbol === undefined ? openPositions(caller, category.value, settleCoin) : positionsOf(caller.account, symbol);
  return listAnswer(
    request,
    shown.map((position) => stateOf(venue, position)),
    {
      usual: 20,
      most: 200,
      keyOf: ({ position }) => ({
        id: positionKey(position.symbol, position.positionIdx),
        timeMs: position.updatedMs,
      }),
      row: positionRow,
      head: { category: category.value },
    },
  );
}

function closedRow(row: ClosedPnl): unknown {
  const inverse = row.category === "inverse";
  const average = (value: typeof row.cumEntryValue): string =>
    plain(inverse ? row.closedSize.div(value) : value.div(row.closedSize));
  return {
    symbol: row.symbol,
    orderId: row.orderId,
    side: row.side,
    qty: plain(row.qty),
    orderPrice: plain(row.orderPrice),
    orderType: row.orderType,
    execType: row.execType,
    closedSize: plain(row.closedSize),
    cumEntryValue: plain(row.cumEntryValue),
    avgEntryPrice: average(row.cumEntryValue),
    cumExitValue: plain(row.cumExitValue),
    avgExitPrice: average(row.cumExitValue),
    closedPnl: plain(closedProfit(row)),
    openFee: plain(row.openFee),
    closeFee: plain(row.closeFee),
    fillCount: String(row.fillCount),
    leverage: row.leverage,
    createdTime: String(row.createdMs),
    updatedTime: String(row.updatedMs),
  };
}

function closedPnl(_venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const category = categoryParam(request.query);
  if (!category.ok) return fail(category.refusal);
  const times = timeParams(request.query);
  if (!times.ok) return fail(times.refusal);
  const [start, end] = times.value;
  const symbol = param(request.query, "symbol");
  const rows = [...caller.account.closedPnl.values()].filter(
    (row) =>
      row.category === category.value &&
      (symbol === undefined || row.symbol === symbol) &&
      row.updatedMs >= start &&
      row.updatedMs <= end,
  );
  return listAnswer(request, rows.toReversed(), {
    usual: 50,
    most: 100,
    keyOf: (row) => ({ id: row.orderId, timeMs: row.updatedMs }),
    row: closedRow,
    head: { category: category.value },
  });
}

const leverageBody = z.looseObject({
  category: z.enum(["linear", "inverse"]),
  symbol: z.string(),
  buyLeverage: z.string(),
  sellLeverage: z.string(),
});

/** Positions: list, leverage, closed profit. */
export const POSITION_ROUTES: readonly PrivateRoute[] = [
  readRoute("/v5/position/list", 50, positions),
  readRoute("/v5/position/closed-pnl", 50, closedPnl),
  moneyRoute({
    path: "/v5/position/set-leverage",
    limit: 10,
    body: leverageBody,
    command: ({ category, symbol, buyLeverage, sellLeverage }) =>
      contractKind(symbol) === category
        ? accept({ kind: "leverage", request: { symbol, buyLeverage, sellLeverage } })
        : { ok: false, refusal: REFUSALS.unknownSymbol },
  }),
  moneyRoute({
    path: "/v5/position/add-margin",
    limit: 10,
    body: z.looseObject({ category: z.string(), symbol: z.string(), margin: z.string() }),
    command: () => refuse(10001, "params error: only positions with isolated margin take margin of their own"),
  }),
];
