import { z } from "zod";

import type { ReplayPlan } from "@hedgelock/prices";

import { contractKind } from "../domain/positions.ts";
import type { ExchangeState } from "../domain/state.ts";
import type { FaultList } from "../faults/fault-list.ts";
import type { ReplayRunner } from "../replay/runner.ts";

import type { JsonObject } from "../views/json.ts";
import { faultApi } from "./fault-api.ts";
import { bodyOf, refuse } from "./sim-body.ts";
import { simAccounts, simExecutions, simOrders } from "./sim-views.ts";
import type { SimAnswer, SimRequest } from "./sim-message.ts";

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
  readonly faults: FaultList;
  /** Ends the process at once, as a crash would. */
  readonly kill: () => void;
}

const replayBody = z.strictObject({
  action: z.enum(["start", "pause", "step", "speed"]),
  steps: z.int().min(1).max(1_000_000).optional(),
  /** Of the planned pace: 2 is twice as fast. */
  speed: z.number().min(0.001).max(1000).optional(),
});

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

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
      state.markets
        .filter((market) => contractKind(market.instrument.symbol) === "linear")
        .map((market) => [
          market.instrument.symbol,
          { mark: market.price.toFixed(market.instrument.linear.priceScale) },
        ]),
    ),
    ticksPerSecond: plan.ticksPerSecond,
    speed: runner.rate,
    expectedDurationMs: plan.expectedDurationMs,
  };
}

function replay(deps: SimDeps, rawBody: Uint8Array): SimAnswer {
  const parsed = bodyOf(replayBody, rawBody, '{"action":"start"}');
  if (!parsed.ok) return parsed.answer;
  const { action, steps, speed } = parsed.value;
  const { runner } = deps;
  if (steps !== undefined && action !== "step") return refuse(400, `steps: only goes with action "step"`);
  if ((speed !== undefined) !== (action === "speed"))
    return refuse(400, `speed: goes with action "speed", and only with it`);
  if (runner.state === "finished") return refuse(409, "the replay has finished");
  switch (action) {
    case "start":
      runner.start();
      break;
    case "pause":
      runner.pause();
      break;
    case "speed":
      runner.setRate(speed ?? 1);
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
      const faults = faultApi(deps, request);
      if (faults !== undefined) return faults;
      if (request.path === "/sim/kill") {
        if (request.method !== "POST") return refuse(405, "use POST");
        deps.kill();
        return { status: 202, body: { killed: true } };
      }
      if (request.path === "/sim/replay") {
        return request.method === "POST" ? replay(deps, request.rawBody) : refuse(405, "use POST");
      }
      const body = read(deps, request.path);
      if (body === undefined) return refuse(404, `there is no ${request.path.slice(0, 80)}`);
      return request.method === "GET" ? { status: 200, body } : refuse(405, "use GET");
    },
  };
}
