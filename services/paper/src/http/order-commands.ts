import { z } from "zod";

import type { Outcome } from "../domain/exchange.ts";
import type { Order } from "../domain/orders.ts";
import type { Result } from "../domain/refusal.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, Caller, Quota } from "./api.ts";
import { checkCategory, parseAmend, parseCancel, parseCreate } from "./order-bodies.ts";

/** What can be asked of an order, one at a time or in batches; REST and the trade WebSocket share it. */
export const ORDER_OPS = ["create", "amend", "cancel"] as const;
export type OrderOp = (typeof ORDER_OPS)[number];

/** Most orders in one batch: 20 for contracts, 10 for spot. */
const MAX_BATCH = { contract: 20, spot: 10 } as const;
const RATE_REFUSAL = { code: 10006, message: "Too many visits! Exceeded the API Rate Limit." } as const;

/** Runs one order command. @param fixed category of the batch it stands in */
function perform(
  venue: Venue,
  caller: Caller,
  op: OrderOp,
  json: unknown,
  nowMs: number,
  fixed?: string,
): Result<Order> {
  const run = <T>(parsed: Result<T>, act: (value: T) => Outcome<Order>): Result<Order> => {
    if (!parsed.ok) return parsed;
    const outcome = act(parsed.value);
    // A refused command may still have moved the book of a simulated market: tell whatever there is to tell.
    venue.publish(outcome.events);
    return outcome.result;
  };
  const { exchange } = venue;
  const { account } = caller;
  switch (op) {
    case "create":
      return run(parseCreate(json, fixed), (request) => exchange.createOrder(account, request, nowMs));
    case "amend":
      return run(parseAmend(json, fixed), (request) => exchange.amendOrder(account, request, nowMs));
    case "cancel":
      return run(parseCancel(json, fixed), (target) => exchange.cancelOrder(account, target, nowMs));
    default:
      return op satisfies never;
  }
}

/** Answers create, amend or cancel. */
export function runOrder(venue: Venue, caller: Caller, op: OrderOp, json: unknown, nowMs: number): ApiAnswer {
  const done = perform(venue, caller, op, json, nowMs);
  if (!done.ok) return fail(done.refusal);
  const { orderId, orderLinkId } = done.value;
  return answer({ orderId, orderLinkId });
}

const batchBody = z.looseObject({ category: z.string().max(20), request: z.array(z.unknown()).min(1) });
const itemNames = z.looseObject({
  symbol: z.string().max(200).catch(""),
  orderId: z.string().max(200).catch(""),
  orderLinkId: z.string().max(200).catch(""),
});

/**
 * Answers a batch: every order by itself, in order; the answer as a whole succeeds even when all of them fail.
 * @param granted orders the rate limit lets through: the first ones
 */
export function runBatch(
  venue: Venue,
  caller: Caller,
  op: OrderOp,
  json: unknown,
  nowMs: number,
  granted: number,
): ApiAnswer {
  const parsed = batchBody.safeParse(json);
  if (!parsed.success) return badParameter("request invalid");
  const category = checkCategory(parsed.data.category);
  if (!category.ok) return fail(category.refusal);
  const most = category.value === "spot" ? MAX_BATCH.spot : MAX_BATCH.contract;
  if (parsed.data.request.length > most) return badParameter(`a batch has at most ${most} orders`);
  const list: unknown[] = [];
  const codes: { readonly code: number; readonly msg: string }[] = [];
  for (const [index, item] of parsed.data.request.entries()) {
    const done: Result<Order> =
      index < granted ? perform(venue, caller, op, item, nowMs, category.value) : { ok: false, refusal: RATE_REFUSAL };
    const names = itemNames.safeParse(item).data ?? { symbol: "", orderId: "", orderLinkId: "" };
    const row = done.ok
      ? { symbol: done.value.symbol, orderId: done.value.orderId, orderLinkId: done.value.orderLinkId }
      : { symbol: names.symbol, orderId: op === "create" ? "" : names.orderId, orderLinkId: names.orderLinkId };
    list.push({
      category: category.value,
      ...row,
      ...(op === "create" ? { createAt: done.ok ? String(nowMs) : "" } : {}),
    });
    codes.push(done.ok ? { code: 0, msg: "OK" } : { code: done.refusal.code, msg: done.refusal.message });
  }
  return { ...answer({ list }), extInfo: { list: codes } };
}

const categoryOnly = z.looseObject({ category: z.string().catch(""), request: z.array(z.unknown()).catch([]) });

/** What a command takes of the UID's limits: 10 a second, spot 20; a batch as much as it has orders, from a bucket of its own. */
export function orderQuota(op: OrderOp | "cancel-all", json: unknown, isBatch: boolean): Quota {
  const { category, request } = categoryOnly.safeParse(json).data ?? { category: "", request: [] };
  const spotLimit = op === "amend" ? 10 : 20;
  const limit = category === "spot" ? spotLimit : 10;
  const bucket = `order.${op}${isBatch ? "-batch" : ""} ${category === "spot" ? "spot" : "contract"}`;
  return { bucket, limit, cost: isBatch ? Math.max(1, request.length) : 1 };
}
