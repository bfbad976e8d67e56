import { z } from "zod";

import type { TriggerBy } from "../domain/orders.ts";
import type { TradingStop } from "../domain/position-exits.ts";
import type { Result } from "../domain/refusal.ts";
import { refuse } from "../domain/refusal.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, PrivateRoute } from "./api.ts";
import { checkCategory, firstProblem, given, parseJsonBody } from "./order-bodies.ts";

const text = z.string().max(200);
const whole = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number),
]);
const triggerBy = z.enum(["LastPrice", "MarkPrice", "IndexPrice", ""]).optional();

const modeBody = z.looseObject({ category: text, symbol: text.optional(), coin: text.optional(), mode: whole });
const limitBody = z.looseObject({ category: text, modifyEnable: z.boolean() });
const stopBody = z.looseObject({
  category: text,
  symbol: text,
  tpslMode: z.enum(["Full", "Partial", ""]).optional(),
  positionIdx: whole.optional(),
  takeProfit: text.optional(),
  stopLoss: text.optional(),
  trailingStop: text.optional(),
  activePrice: text.optional(),
  tpTriggerBy: triggerBy,
  slTriggerBy: triggerBy,
  tpSize: text.optional(),
  slSize: text.optional(),
  tpLimitPrice: text.optional(),
  slLimitPrice: text.optional(),
});

/** The body against its schema. */
function bodyOf<T>(request: ApiRequest, schema: z.ZodType<T>): Result<T> {
  const json = parseJsonBody(request.rawBody);
  if (!json.ok) return json;
  const parsed = schema.safeParse(json.value);
  return parsed.success ? { ok: true, value: parsed.data } : refuse(10001, firstProblem(parsed.error));
}

function switchMode(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const body = bodyOf(request, modeBody);
  if (!body.ok) return fail(body.refusal);
  const { category, mode } = body.value;
  if (category !== "linear" && category !== "inverse") return badParameter("category invalid");
  if (mode !== 0 && mode !== 3) return badParameter("mode invalid");
  const symbol = given(body.value.symbol);
  const coin = given(body.value.coin);
  if (symbol === undefined && coin === undefined) return badParameter("symbol or coin is required");
  const asked = { symbol, coin, mode } as const;
  const { result, events } = venue.exchange.switchPositionMode(caller.account, asked, request.nowMs);
  venue.publish(events);
  return result.ok ? answer({}) : fail(result.refusal);
}

function byOf(word: "LastPrice" | "MarkPrice" | "IndexPrice" | "" | undefined): TriggerBy {
  return word === undefined || word === "" ? "LastPrice" : word;
}

function tradingStop(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const body = bodyOf(request, stopBody);
  if (!body.ok) return fail(body.refusal);
  const category = checkCategory(body.value.category);
  if (!category.ok) return fail(category.refusal);
  const { value } = body;
  const stop: TradingStop = {
    category: category.value,
    symbol: value.symbol,
    positionIdx: value.positionIdx ?? 0,
    tpslMode: value.tpslMode === "Partial" ? "Partial" : "Full",
    takeProfit: given(value.takeProfit),
    stopLoss: given(value.stopLoss),
    trailingStop: given(value.trailingStop),
    activePrice: given(value.activePrice),
    tpTriggerBy: byOf(value.tpTriggerBy),
    slTriggerBy: byOf(value.slTriggerBy),
    tpSize: given(value.tpSize),
    slSize: given(value.slSize),
    tpLimitPrice: given(value.tpLimitPrice),
    slLimitPrice: given(value.slLimitPrice),
  };
  const { result, events } = venue.exchange.setTradingStop(caller.account, stop, request.nowMs);
  venue.publish(events);
  return result.ok ? answer({}) : fail(result.refusal);
}

/** `modifyEnable` true clamps limit prices to the band, false refuses those outside. */
function setLimitAction(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const body = bodyOf(request, limitBody);
  if (!body.ok) return fail(body.refusal);
  const category = checkCategory(body.value.category);
  if (!category.ok) return fail(category.refusal);
  const kind = category.value === "spot" ? "spot" : "contract";
  venue.exchange.setPriceLimitAction(caller.account, kind, body.value.modifyEnable);
  return answer({});
}

/** Beware of the two meanings: `lpaSpot` true clamps, `lpaPerp` true refuses (both false by default). */
function settings(_venue: Venue, _request: ApiRequest, caller: Caller): ApiAnswer {
  const { spotClamps, contractClamps } = caller.account.priceLimits;
  return answer({ lpaSpot: spotClamps, lpaPerp: !contractClamps, deltaEnable: false, smsef: false, fmsef: false });
}

/** Settings that change what orders do, and the exits of a position. */
export const ORDER_SETTINGS_ROUTES: readonly PrivateRoute[] = [
  {
    method: "POST",
    path: "/v5/position/switch-mode",
    access: "private",
    permission: "trade",
    limit: 10,
    handle: switchMode,
  },
  {
    method: "POST",
    path: "/v5/position/trading-stop",
    access: "private",
    permission: "trade",
    limit: 10,
    handle: tradingStop,
  },
  {
    method: "POST",
    path: "/v5/account/set-limit-px-action",
    access: "private",
    permission: "trade",
    limit: 10,
    handle: setLimitAction,
  },
  {
    method: "GET",
    path: "/v5/account/user-setting-config",
    access: "private",
    permission: "read",
    limit: 50,
    handle: settings,
  },
];
