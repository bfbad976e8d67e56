import { z } from "zod";

import type { AmendRequest } from "../domain/order-amend.ts";
import type { CancelScope, OrderTarget } from "../domain/order-entry.ts";
import { NO_EXITS } from "../domain/orders.ts";
import type { ExitTerms, OrderCategory, OrderRequest, Slippage, Trigger, TriggerBy } from "../domain/orders.ts";
import { refuse } from "../domain/refusal.ts";
import type { Result } from "../domain/refusal.ts";

const MAX_TEXT = 200;
const text = z.string().max(MAX_TEXT);
/** Whole numbers arrive as numbers; some clients write them as text. */
const whole = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number),
]);
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")]);
const triggerBy = z.enum(["LastPrice", "MarkPrice", "IndexPrice", "UNKNOWN", ""]);

/** Prices of take profit and stop loss, as create and amend take them. */
const exitFields = {
  takeProfit: text.optional(),
  stopLoss: text.optional(),
  tpTriggerBy: triggerBy.optional(),
  slTriggerBy: triggerBy.optional(),
  tpslMode: z.enum(["Full", "Partial", "UNKNOWN", ""]).optional(),
  tpLimitPrice: text.optional(),
  slLimitPrice: text.optional(),
};

/** Body of order/create. Unknown keys are let pass, as the exchange does. */
const createBody = z.looseObject({
  category: text,
  symbol: text,
  side: z.enum(["Buy", "Sell"]),
  orderType: z.enum(["Market", "Limit"]),
  qty: text,
  price: text.optional(),
  timeInForce: z.enum(["GTC", "IOC", "FOK", "PostOnly", ""]).optional(),
  positionIdx: whole.optional(),
  orderLinkId: text.optional(),
  reduceOnly: flag.optional(),
  closeOnTrigger: flag.optional(),
  isLeverage: whole.optional(),
  marketUnit: z.enum(["baseCoin", "quoteCoin", ""]).optional(),
  triggerPrice: text.optional(),
  triggerDirection: whole.optional(),
  triggerBy: triggerBy.optional(),
  orderFilter: z.enum(["Order", "StopOrder", "tpslOrder", ""]).optional(),
  slippageTolerance: text.optional(),
  slippageToleranceType: z.enum(["TickSize", "Percent", "UNKNOWN", ""]).optional(),
  ...exitFields,
});

const namedBody = z.looseObject({
  category: text,
  symbol: text,
  orderId: text.optional(),
  orderLinkId: text.optional(),
});

const amendBody = z.looseObject({
  ...namedBody.shape,
  qty: text.optional(),
  price: text.optional(),
  triggerPrice: text.optional(),
  triggerBy: triggerBy.optional(),
  ...exitFields,
});

const cancelAllBody = z.looseObject({
  category: text,
  symbol: text.optional(),
  baseCoin: text.optional(),
  settleCoin: text.optional(),
  orderFilter: z.enum(["Order", "StopOrder", "tpslOrder", "BidirectionalTpslOrder", ""]).optional(),
});

/** Keys that would change what an order does and are not simulated: refused where they carry a value. */
const NOT_OFFERED = ["bboSideType", "orderIv"] as const;

function carriesValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && value !== "0" && value !== 0 && value !== "None";
}

/** Body bytes as JSON. */
export function parseJsonBody(rawBody: Uint8Array): Result<unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(rawBody).toString("utf8"));
    return { ok: true, value };
  } catch {
    // The reason a text is not JSON helps nobody here; the client learns that it is not.
    return refuse(10001, "params error: the body is not JSON");
  }
}

export function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return `params error: ${issue?.path.map(String).join(".") ?? "body"} invalid`;
}

/** An empty text counts as not given. */
export function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

export function checkCategory(category: string): Result<OrderCategory> {
  if (category === "linear" || category === "spot" || category === "inverse") return { ok: true, value: category };
  return category === "option"
    ? refuse(10001, "params error: this paper exchange takes no option orders")
    : refuse(10001, "params error: category invalid");
}

function triggerByOf(word: z.infer<typeof triggerBy> | undefined): TriggerBy {
  return word === undefined || word === "" || word === "UNKNOWN" ? "LastPrice" : word;
}

type ExitBody = z.infer<z.ZodObject<typeof exitFields>>;

/** Only what the body names. */
function exitChanges(body: ExitBody): Partial<ExitTerms> {
  const { takeProfit, stopLoss, tpLimitPrice, slLimitPrice, tpslMode } = body;
  const isMode = tpslMode === "Full" || tpslMode === "Partial";
  return {
    ...(given(takeProfit) === undefined ? {} : { takeProfit: takeProfit ?? "" }),
    ...(given(stopLoss) === undefined ? {} : { stopLoss: stopLoss ?? "" }),
    ...(given(body.tpTriggerBy) === undefined ? {} : { tpTriggerBy: triggerByOf(body.tpTriggerBy) }),
    ...(given(body.slTriggerBy) === undefined ? {} : { slTriggerBy: triggerByOf(body.slTriggerBy) }),
    ...(isMode ? { tpslMode } : {}),
    ...(carriesValue(tpLimitPrice) ? { tpLimitPrice: tpLimitPrice ?? "" } : {}),
    ...(carriesValue(slLimitPrice) ? { slLimitPrice: slLimitPrice ?? "" } : {}),
  };
}

type CreateBody = z.infer<typeof createBody>;

function triggerOf(body: CreateBody, category: OrderCategory): Result<Trigger | undefined> {
  const price = given(body.triggerPrice);
  const wantsTrigger = body.orderFilter === "StopOrder" || body.orderFilter === "tpslOrder";
  if (price === undefined || price === "0") {
    const isMissing = category === "spot" && wantsTrigger;
    return isMissing
      ? refuse(170130, "Data sent for parameter 'triggerPrice' is not valid.")
      : { ok: true, value: undefined };
  }
  const asked = body.triggerDirection ?? 0;
  const direction = asked === 1 || asked === 2 ? asked : 0;
  if (category !== "spot" && direction === 0) return refuse(10001, "params error: triggerDirection invalid");
  return { ok: true, value: { price, direction, by: triggerByOf(body.triggerBy) } };
}

function slippageOf(body: CreateBody): Result<Slippage | undefined> {
  const value = given(body.slippageTolerance);
  const type = body.slippageToleranceType;
  if (value === undefined || value === "0") return { ok: true, value: undefined };
  if (type !== "TickSize" && type !== "Percent") return refuse(110108, "slippageToleranceType is invalid.");
  if (body.orderType !== "Market") return refuse(10001, "params error: slippageTolerance is for market orders");
  return { ok: true, value: { type, value } };
}

/** An element of a batch or a body of its own. @param fixed category of the batch */
export function parseCreate(json: unknown, fixed?: string): Result<OrderRequest> {
  const parsed = createBody.safeParse(withCategory(json, fixed));
  if (!parsed.success) return refuse(10001, firstProblem(parsed.error));
  const body = parsed.data;
  const category = checkCategory(body.category);
  if (!category.ok) return category;
  const unsupported = NOT_OFFERED.find((key) => carriesValue(body[key]));
  if (unsupported !== undefined) {
    return refuse(10001, `params error: ${unsupported} is not offered by this paper exchange`);
  }
  const trigger = triggerOf(body, category.value);
  if (!trigger.ok) return trigger;
  const slippage = slippageOf(body);
  if (!slippage.ok) return slippage;
  const isSpot = category.value === "spot";
  return {
    ok: true,
    value: {
      category: category.value,
      symbol: body.symbol,
      side: body.side,
      orderType: body.orderType,
      qty: body.qty,
      price: given(body.price),
      timeInForce: body.timeInForce === undefined || body.timeInForce === "" ? "GTC" : body.timeInForce,
      reduceOnly: !isSpot && (body.reduceOnly ?? false),
      closeOnTrigger: !isSpot && (body.closeOnTrigger ?? false),
      positionIdx: body.positionIdx ?? 0,
      orderLinkId: body.orderLinkId ?? "",
      isLeverage: isSpot && body.isLeverage === 1,
      marketUnit: body.marketUnit,
      trigger: trigger.value,
      orderFilter: body.orderFilter === "" ? undefined : body.orderFilter,
      exits: { ...NO_EXITS, ...exitChanges(body) },
      slippage: slippage.value,
    },
  };
}

/** In a batch the category stands outside of the orders. */
function withCategory(json: unknown, fixed: string | undefined): unknown {
  if (fixed === undefined || typeof json !== "object" || json === null || Array.isArray(json)) return json;
  return { ...json, category: fixed };
}

/** What cancel and amend name. */
function targetOf(body: z.infer<typeof namedBody>): Result<OrderTarget> {
  const category = checkCategory(body.category);
  if (!category.ok) return category;
  const orderId = given(body.orderId);
  const orderLinkId = given(body.orderLinkId);
  if (orderId === undefined && orderLinkId === undefined) {
    return refuse(10001, "params error: orderId or orderLinkId is required");
  }
  return { ok: true, value: { category: category.value, symbol: body.symbol, orderId, orderLinkId } };
}

export function parseCancel(json: unknown, fixed?: string): Result<OrderTarget> {
  const parsed = namedBody.safeParse(withCategory(json, fixed));
  return parsed.success ? targetOf(parsed.data) : refuse(10001, firstProblem(parsed.error));
}

export function parseAmend(json: unknown, fixed?: string): Result<AmendRequest> {
  const parsed = amendBody.safeParse(withCategory(json, fixed));
  if (!parsed.success) return refuse(10001, firstProblem(parsed.error));
  const body = parsed.data;
  const target = targetOf(body);
  if (!target.ok) return target;
  return {
    ok: true,
    value: {
      ...target.value,
      qty: given(body.qty),
      price: given(body.price),
      triggerPrice: given(body.triggerPrice),
      triggerBy: given(body.triggerBy) === undefined ? undefined : triggerByOf(body.triggerBy),
      exits: exitChanges(body),
    },
  };
}

export function parseCancelAll(json: unknown): Result<CancelScope> {
  const parsed = cancelAllBody.safeParse(json);
  if (!parsed.success) return refuse(10001, firstProblem(parsed.error));
  const category = checkCategory(parsed.data.category);
  if (!category.ok) return category;
  const { orderFilter } = parsed.data;
  const symbol = given(parsed.data.symbol);
  const baseCoin = given(parsed.data.baseCoin);
  const settleCoin = given(parsed.data.settleCoin);
  const isUnnamed = symbol === undefined && baseCoin === undefined && settleCoin === undefined;
  if (category.value !== "spot" && isUnnamed) {
    return refuse(10001, "params error: symbol, baseCoin or settleCoin is required");
  }
  const known = orderFilter === "" || orderFilter === "BidirectionalTpslOrder" ? undefined : orderFilter;
  // Spot without a filter means plain orders; contracts without one everything.
  const usual = category.value === "spot" ? "Order" : undefined;
  return { ok: true, value: { category: category.value, symbol, baseCoin, settleCoin, orderFilter: known ?? usual } };
}
