import { z } from "zod";

import type { OrderRequest } from "../domain/orders.ts";
import { refuse } from "../domain/refusal.ts";
import type { Result } from "../domain/refusal.ts";

const MAX_TEXT = 200;
const text = z.string().max(MAX_TEXT);

/** Body of order/create. Unknown keys are let pass, as the exchange does. */
const createBody = z.looseObject({
  category: text,
  symbol: text,
  side: z.enum(["Buy", "Sell"]),
  orderType: z.enum(["Market", "Limit"]),
  qty: text,
  price: text.optional(),
  timeInForce: z.enum(["GTC", "IOC", "FOK", "PostOnly", ""]).optional(),
  positionIdx: z.int().optional(),
  orderLinkId: text.optional(),
  reduceOnly: z.boolean().optional(),
  closeOnTrigger: z.boolean().optional(),
});

const cancelBody = z.looseObject({
  category: text,
  symbol: text,
  orderId: text.optional(),
  orderLinkId: text.optional(),
});

/** Keys that would change what an order does and are not simulated yet: refused where they carry a value. */
const NOT_OFFERED = [
  "triggerPrice",
  "takeProfit",
  "stopLoss",
  "tpLimitPrice",
  "slLimitPrice",
  "slippageTolerance",
  "bboSideType",
  "smpType",
  "orderIv",
] as const;

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

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return `params error: ${issue?.path.map(String).join(".") ?? "body"} invalid`;
}

/** An empty text counts as not given. */
function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function checkCategory(category: string): Result<string> {
  if (category === "linear") return { ok: true, value: category };
  return category === "spot" || category === "inverse" || category === "option"
    ? refuse(10001, `params error: this paper exchange takes linear orders only, not ${category}`)
    : refuse(10001, "params error: category invalid");
}

export function parseCreateBody(rawBody: Uint8Array): Result<OrderRequest> {
  const json = parseJsonBody(rawBody);
  if (!json.ok) return json;
  const parsed = createBody.safeParse(json.value);
  if (!parsed.success) return refuse(10001, firstProblem(parsed.error));
  const body = parsed.data;
  const category = checkCategory(body.category);
  if (!category.ok) return category;
  const unsupported = NOT_OFFERED.find((key) => carriesValue(body[key]));
  if (unsupported !== undefined)
    return refuse(10001, `params error: ${unsupported} is not offered by this paper exchange`);
  const timeInForce = body.timeInForce === undefined || body.timeInForce === "" ? "GTC" : body.timeInForce;
  return {
    ok: true,
    value: {
      symbol: body.symbol,
      side: body.side,
      orderType: body.orderType,
      qty: body.qty,
      price: given(body.price),
      timeInForce,
      reduceOnly: body.reduceOnly ?? false,
      closeOnTrigger: body.closeOnTrigger ?? false,
      positionIdx: body.positionIdx ?? 0,
      orderLinkId: body.orderLinkId ?? "",
    },
  };
}

/** What a cancel names. */
export interface CancelRequest {
  readonly symbol: string;
  readonly orderId: string | undefined;
  readonly orderLinkId: string | undefined;
}

export function parseCancelBody(rawBody: Uint8Array): Result<CancelRequest> {
  const json = parseJsonBody(rawBody);
  if (!json.ok) return json;
  const parsed = cancelBody.safeParse(json.value);
  if (!parsed.success) return refuse(10001, firstProblem(parsed.error));
  const category = checkCategory(parsed.data.category);
  if (!category.ok) return category;
  const orderId = given(parsed.data.orderId);
  const orderLinkId = given(parsed.data.orderLinkId);
  if (orderId === undefined && orderLinkId === undefined) {
    return refuse(10001, "params error: orderId or orderLinkId is required");
  }
  return { ok: true, value: { symbol: parsed.data.symbol, orderId, orderLinkId } };
}
