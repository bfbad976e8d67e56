import { z } from "zod";

import type { ReplayPlan } from "@hedgelock/prices";

import type { ExchangeState } from "../domain/state.ts";
import type { ReplayRunner } from "../replay/runner.ts";

import type { JsonObject } from "../views/json.ts";
import { simAccounts, simExecutions, simOrders } from "./sim-views.ts";

export interface SimRequest {
  readonly method: string;
  readonly path: string;
  readonly rawBody: Uint8Array;
  readonly remoteAddress: string | undefined;
}

export interface SimAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** The administrator's interface of the simulator: plain JSON, for this machine only. */
export interface SimApi {
  handle(request: SimRequest): SimAnswer;
}

/** Pairs of exchange time and recorded time, milliseconds since the epoch, one per bar. */
export type Timeline = readonly (readonly [exchangeTimeMs: number, replayTimeMs: number])[];

export interface SimDeps {
  readonly venueName: string;
  readonly seed: number;
  readonly state: ExchangeState;
  readonly plan: ReplayPlan;
  readonly runner: ReplayRunner;
  readonly timeline: () => Timeline;
}

const replayBody = z.strictObject({
  action: z.enum(["start", "pause", "step"]),
  steps: z.int().min(1).max(1_000_000).optional(),
});

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

function refuse(status: number, error: string): SimAnswer {
  return { status, body: { error } };
}

function replayStatus(deps: SimDeps): JsonObject {
  const { plan, runner, state } = deps;
  return {
    venue: deps.venueName,
    seed: deps.seed,
    state: runner.state,
    stepsDone: runner.stepsDone,
    stepsTotal: plan.stepsTotal,
    barIndex: runner.last?.barIndex ?? 0,
    bars: plan.bars,
    replayTimeMs: runner.last?.replayTimeMs ?? plan.fromMs,
    fromMs: plan.fromMs,
    toMs: plan.toMs,
    symbols: Object.fromEntries(
      state.markets.map((market) => [
        market.instrument.symbol,
        { mark: market.price.toFixed(market.instrument.linear.priceScale) },
      ]),
    ),
    ticksPerSecond: plan.ticksPerSecond,
    expectedDurationMs: plan.expectedDurationMs,
  };
}

function replay(deps: SimDeps, rawBody: Uint8Array): SimAnswer {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(rawBody).toString("utf8"));
  } catch {
    // What was wrong with the text does not matter to the caller beyond its not being JSON.
    return refuse(400, 'the body must be JSON, as in {"action":"start"}');
  }
  const parsed = replayBody.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(400, `${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "invalid"}`.replace(/^: /, ""));
  }
  const { action, steps } = parsed.data;
  const { runner } = deps;
  if (steps !== undefined && action !== "step") return refuse(400, `steps: only goes with action "step"`);
  if (runner.state === "finished") return refuse(409, "the replay has finished");
  switch (action) {
    case "start":
      runner.start();
      break;
    case "pause":
      runner.pause();
      break;
    case "step":
      if (runner.state !== "paused") return refuse(409, "pause the replay before stepping");
      runner.step(steps ?? 1);
      break;
  }
  return { status: 200, body: replayStatus(deps) };
}

function read(deps: SimDeps, path: string): JsonObject | undefined {
  switch (path) {
    case "/sim/status":
      return replayStatus(deps);
    case "/sim/accounts":
      return { accounts: simAccounts(deps.state) };
    case "/sim/orders":
      return { orders: simOrders(deps.state) };
    case "/sim/executions":
      return { executions: simExecutions(deps.state) };
    case "/sim/timeline":
      return { timeline: deps.timeline() };
    default:
      return undefined;
  }
}

export function createSimApi(deps: SimDeps): SimApi {
  return {
    handle(request) {
      if (!LOOPBACK.test(request.remoteAddress ?? "")) return refuse(403, "only for this machine");
      if (request.path === "/sim/replay") {
        return request.method === "POST" ? replay(deps, request.rawBody) : refuse(405, "use POST");
      }
      const body = read(deps, request.path);
      if (body === undefined) return refuse(404, `there is no ${request.path.slice(0, 80)}`);
      return request.method === "GET" ? { status: 200, body } : refuse(405, "use GET");
    },
  };
}
