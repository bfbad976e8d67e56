import type { Random } from "@hedgelock/runtime";

import { signatureMatches } from "../api-keys.ts";
import type { ApiKey } from "../api-keys.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail } from "../http/api.ts";
import type { ApiAnswer, Caller, Quota } from "../http/api.ts";
import { ORDER_OPS, orderQuota, runBatch, runOrder } from "../http/order-commands.ts";
import type { OrderOp } from "../http/order-commands.ts";
import type { RateReading, RateWindows } from "../http/rate-window.ts";
import type { Venue } from "../venue.ts";
import type { Connection } from "./connection.ts";
import { parseTradeCommand } from "./trade-command.ts";
import type { TradeCommand } from "./trade-command.ts";

export interface TradeSessionDeps {
  readonly connection: Connection;
  readonly venue: Venue;
  readonly rates: RateWindows;
  readonly random: Random;
}

const DEFAULT_RECV_WINDOW_MS = 5000;
/** How far ahead of the exchange a request may be signed, milliseconds. */
const AHEAD_MS = 1000;
const MAX_REQ_ID = 36;
/** Request ids remembered of one connection: the oldest are forgotten beyond. */
const MAX_REMEMBERED = 100_000;
const WHOLE_NUMBER = /^\d{1,15}$/;

const REFUSALS = {
  params: { code: 10001, message: "Params Error" },
  sign: { code: 10004, message: "Invalid sign" },
  permission: { code: 10005, message: "Permission denied, please check your API key permissions." },
  rate: { code: 10006, message: "Too many visits! Exceeded the API Rate Limit." },
  notAuthorized: { code: 10003, message: "Request not authorized" },
  badOp: { code: 10404, message: "op or category is not correct" },
  repeatedAuth: { code: 20001, message: "Repeat auth" },
  duplicateReqId: { code: 20006, message: "Duplicated reqId" },
} as const satisfies Readonly<Record<string, Refusal>>;

interface Operation {
  readonly op: OrderOp;
  readonly isBatch: boolean;
}

/** `order.create`, `order.cancel-batch`, …; undefined for anything else. */
function operationOf(name: string): Operation | undefined {
  for (const op of ORDER_OPS) {
    if (name === `order.${op}`) return { op, isBatch: false };
    if (name === `order.${op}-batch`) return { op, isBatch: true };
  }
  return undefined;
}

/** Whether the receive window of the request's header is kept: the rule of REST. */
function timeProblem(command: TradeCommand, nowMs: number): Refusal | undefined {
  const timestamp = command.header.get("x-bapi-timestamp");
  const window = command.header.get("x-bapi-recv-window") ?? "";
  if (timestamp === undefined || !WHOLE_NUMBER.test(timestamp) || (window !== "" && !WHOLE_NUMBER.test(window))) {
    return { code: 10001, message: "params error: X-BAPI-TIMESTAMP invalid" };
  }
  const windowMs = window === "" ? DEFAULT_RECV_WINDOW_MS : Number(window);
  const at = Number(timestamp);
  if (nowMs - windowMs <= at && at < nowMs + AHEAD_MS) return undefined;
  return {
    code: 10002,
    message: `invalid request, please check your server timestamp or recv_window param. req_timestamp[${timestamp}],server_timestamp[${nowMs}],recv_window[${windowMs}]`,
  };
}

/** Whether the body names a category of which orders are taken: a wrong one is answered like a wrong op. */
function namesCategory(body: unknown): boolean {
  if (typeof body !== "object" || body === null || !("category" in body)) return false;
  return body.category === "linear" || body.category === "inverse" || body.category === "spot";
}

/** Order entry over one WebSocket (Bybit v5, WebSocket trade). */
class TradeSession {
  readonly #deps: TradeSessionDeps;
  readonly #reqIds = new Set<string>();
  #key: ApiKey | undefined;

  constructor(deps: TradeSessionDeps) {
    this.#deps = deps;
    deps.connection.onFrame((text) => {
      this.#handle(text);
    });
  }

  get #nowMs(): number {
    return this.#deps.venue.clock.nowMs();
  }

  #handle(text: string): void {
    const command = parseTradeCommand(text);
    if (command === undefined) {
      const { code, message } = REFUSALS.params;
      this.#send({ retCode: code, retMsg: message, op: "", connId: this.#deps.connection.id });
    } else if (command.op === "ping") {
      this.#pong(command);
    } else if (command.op === "auth") {
      this.#auth(command);
    } else {
      this.#command(command);
    }
  }

  #pong(command: TradeCommand): void {
    this.#send({
      ...echo(command),
      retCode: 0,
      retMsg: "OK",
      op: "pong",
      data: [String(this.#nowMs)],
      connId: this.#deps.connection.id,
    });
  }

  #auth(command: TradeCommand): void {
    const refusal = this.#key === undefined ? this.#logIn(command.args) : REFUSALS.repeatedAuth;
    const { connection } = this.#deps;
    const head = { ...echo(command), retCode: refusal?.code ?? 0, retMsg: refusal?.message ?? "OK" };
    // `success` is an addition of ours: without it one client takes a refusal for a login. It is not sent for a repeated
    // authentication, after which the session stays logged in.
    const failed = refusal !== undefined && refusal !== REFUSALS.repeatedAuth;
    this.#send({ ...head, op: "auth", connId: connection.id, ...(failed ? { success: false } : {}) });
  }

  #logIn(args: readonly unknown[]): Refusal | undefined {
    const [apiKey, expires, sign] = args.map((arg) => (typeof arg === "number" ? String(arg) : arg));
    if (typeof apiKey !== "string" || typeof expires !== "string" || typeof sign !== "string") return REFUSALS.params;
    if (!WHOLE_NUMBER.test(expires)) return REFUSALS.params;
    const key = this.#deps.venue.keys.get(apiKey);
    if (key === undefined) return { code: 10003, message: "API key is invalid." };
    const isCurrent = Number(expires) > this.#nowMs;
    if (!isCurrent || !signatureMatches(sign, key.apiSecret, [`GET/realtime${expires}`])) return REFUSALS.sign;
    this.#key = key;
    this.#deps.connection.uid = key.uid;
    return undefined;
  }

  #command(command: TradeCommand): void {
    const nowMs = this.#nowMs;
    const operation = operationOf(command.op);
    const [body] = command.args;
    const caller = this.#caller();
    const refusal =
      this.#reqIdProblem(command.reqId) ??
      (caller === undefined ? REFUSALS.notAuthorized : undefined) ??
      (operation === undefined ? REFUSALS.badOp : undefined) ??
      timeProblem(command, nowMs) ??
      (command.args.length === 1 ? undefined : REFUSALS.params) ??
      (namesCategory(body) ? undefined : REFUSALS.badOp);
    if (refusal !== undefined || caller === undefined || operation === undefined) {
      this.#answer(command, fail(refusal ?? REFUSALS.params), undefined);
      return;
    }
    const quota = orderQuota(operation.op, body, operation.isBatch);
    const rate = this.#deps.rates.take(`${caller.key.uid} ${quota.bucket}`, quota.limit, nowMs, quota.cost);
    this.#answer(command, this.#run(caller, operation, body, nowMs, rate), { quota, rate });
  }

  #run(caller: Caller, operation: Operation, body: unknown, nowMs: number, rate: RateReading): ApiAnswer {
    const { venue } = this.#deps;
    if (caller.key.permission !== "trade") return fail(REFUSALS.permission);
    if (rate.exceeded) return fail(REFUSALS.rate);
    return operation.isBatch
      ? runBatch(venue, caller, operation.op, body, nowMs, rate.granted)
      : runOrder(venue, caller, operation.op, body, nowMs);
  }

  #caller(): Caller | undefined {
    const key = this.#key;
    const account = key === undefined ? undefined : this.#deps.venue.exchange.state.accounts.get(key.uid);
    return key === undefined || account === undefined ? undefined : { account, key };
  }

  /** A request id is at most 36 characters and used once on a connection. */
  #reqIdProblem(reqId: string | undefined): Refusal | undefined {
    if (reqId === undefined || reqId === "") return undefined;
    if (reqId.length > MAX_REQ_ID) return { code: 10001, message: "params error: reqId invalid" };
    if (this.#reqIds.has(reqId)) return REFUSALS.duplicateReqId;
    this.#reqIds.add(reqId);
    if (this.#reqIds.size > MAX_REMEMBERED) {
      const [oldest] = this.#reqIds;
      if (oldest !== undefined) this.#reqIds.delete(oldest);
    }
    return undefined;
  }

  #answer(
    command: TradeCommand,
    result: ApiAnswer,
    limits: { readonly quota: Quota; readonly rate: RateReading } | undefined,
  ): void {
    const { connection, random } = this.#deps;
    const counted =
      limits === undefined
        ? {}
        : {
            "X-Bapi-Limit": String(limits.quota.limit),
            "X-Bapi-Limit-Status": String(limits.rate.remaining),
            "X-Bapi-Limit-Reset-Timestamp": String(limits.rate.resetMs),
          };
    this.#send({
      ...echo(command),
      retCode: result.retCode,
      retMsg: result.retMsg,
      op: command.op,
      data: result.result,
      retExtInfo: result.extInfo ?? {},
      header: { ...counted, Traceid: random.hex(16), Timenow: String(this.#nowMs) },
      connId: connection.id,
    });
  }

  #send(frame: unknown): void {
    this.#deps.connection.send(JSON.stringify(frame));
  }
}

/** `{reqId}` where the request had one. */
function echo(command: TradeCommand): { readonly reqId?: string } {
  return command.reqId === undefined ? {} : { reqId: command.reqId };
}

/** Serves a trade connection: authentication, then order commands of that account. */
export function openTradeSession(deps: TradeSessionDeps): void {
  void new TradeSession(deps);
}
