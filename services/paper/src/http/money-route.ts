import type { z } from "zod";

import type { MoneyAnswer, MoneyCommand } from "../domain/money-commands.ts";
import { refuse } from "../domain/refusal.ts";
import type { Result } from "../domain/refusal.ts";
import { answer, fail } from "./api.ts";
import type { ApiAnswer, PrivateRoute } from "./api.ts";
import type { ApiRequest } from "./api.ts";
import { pageOf } from "./paging.ts";
import { limitParam, param } from "./params.ts";

/** The body of a call as its schema has it; 10001 names the first field that is wrong. */
function readBody<T>(rawBody: Uint8Array, schema: z.ZodType<T>): Result<T> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(rawBody).toString("utf8"));
  } catch {
    // Why a text is not JSON helps nobody here; the client learns that it is not.
    return refuse(10001, "params error: the body is not JSON");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const path = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  return refuse(10001, `params error: ${path === "" ? "body" : path} invalid`);
}

/** A POST call that becomes a money command. */
export interface MoneyRouteOptions<T> {
  readonly path: string;
  /** Calls a second per UID. */
  readonly limit: number;
  readonly body: z.ZodType<T>;
  readonly command: (body: T) => Result<MoneyCommand>;
  /** Text of success; OK unless told otherwise. */
  readonly okText?: string;
  readonly result?: (value: MoneyAnswer) => unknown;
}

/** The route of a money command: reads the body, runs the command, tells everybody, answers. */
export function moneyRoute<T>(options: MoneyRouteOptions<T>): PrivateRoute {
  return {
    method: "POST",
    path: options.path,
    access: "private",
    permission: "trade",
    limit: options.limit,
    handle(venue, request, caller) {
      const body = readBody(request.rawBody, options.body);
      if (!body.ok) return fail(body.refusal);
      const command = options.command(body.value);
      if (!command.ok) return fail(command.refusal);
      const { result, events } = venue.exchange.money(caller.account, command.value, request.nowMs);
      venue.publish(events);
      if (!result.ok) return fail(result.refusal);
      return answer(options.result === undefined ? result.value : options.result(result.value), options.okText);
    },
  };
}

/** A private read. */
export function readRoute(path: string, limit: number, handle: PrivateRoute["handle"]): PrivateRoute {
  return { method: "GET", path, access: "private", permission: "read", limit, handle };
}

/** How a list is paged and written. */
export interface ListOptions<T> {
  readonly usual: number;
  readonly most: number;
  readonly keyOf: (item: T) => { readonly id: string; readonly timeMs: number };
  readonly row: (item: T) => unknown;
  readonly okText?: string;
  /** Fields beside the list. */
  readonly head?: Readonly<Record<string, unknown>>;
}

/** One page of a list, in the order given. */
export function listAnswer<T>(request: ApiRequest, items: readonly T[], options: ListOptions<T>): ApiAnswer {
  const limit = limitParam(request.query, options.usual, options.most);
  if (!limit.ok) return fail(limit.refusal);
  const cursor = param(request.query, "cursor");
  const page = pageOf(items, { limit: limit.value, cursor, keyOf: options.keyOf });
  if (!page.ok) return fail(page.refusal);
  const { nextPageCursor } = page.value;
  return answer({ ...options.head, list: page.value.items.map(options.row), nextPageCursor }, options.okText);
}
