import { HedgeLockError } from "@hedgelock/runtime";
import type { Timers } from "@hedgelock/runtime";
import { BigNumber } from "bignumber.js";
import { z } from "zod";

import type { VenueExecution, VenueOrder } from "../audit/input.ts";
import { EXIT } from "../cli/exit-status.ts";
import type { AccountOutcome } from "../report/outcome.ts";
import type { Timeline } from "../report/replay-clock.ts";
import { fetchText } from "./fetch-text.ts";
import type { ReplayView } from "./live-model.ts";

const NAME = "the paper exchange";
const BY_USER = "CreateByUser";

const decimal = z.string().regex(/^-?\d+(?:\.\d+)?$/);
const side = z.enum(["Buy", "Sell"]);
const wholeMs = z.string().regex(/^\d+$/).transform(Number);
/** A double, or null where it is not a number (never measured, without end). */
const reading = z.number().nullable();

const statusSchema = z.object({
  state: z.enum(["paused", "running", "finished"]),
  stepsDone: z.number(),
  stepsTotal: z.number(),
  replayTimeMs: z.number(),
});

const accountsSchema = z.object({
  accounts: z.array(
    z.object({
      account: z.string(),
      loan: z.object({ ltv: decimal.nullable(), liquidated: z.object({ timeMs: z.number() }).nullable() }),
      positions: z.array(z.object({ symbol: z.string(), side: z.string(), size: decimal })),
      stats: z.object({
        initialEquityUsd: reading,
        lowestEquityHedgedUsd: reading,
        lowestEquityUnhedgedUsd: reading,
        finalEquityHedgedUsd: reading,
        finalEquityUnhedgedUsd: reading,
        highestLtv: reading,
        feesPaidUsd: z.number(),
      }),
    }),
  ),
});

const ordersSchema = z.object({
  orders: z.array(
    z.object({
      account: z.string(),
      symbol: z.string(),
      orderId: z.string(),
      orderLinkId: z.string(),
      side,
      qty: decimal,
      cumExecQty: decimal,
      orderStatus: z.string(),
      createType: z.string(),
      createdTime: wholeMs,
    }),
  ),
});

const executionsSchema = z.object({
  executions: z.array(
    z.object({
      account: z.string(),
      symbol: z.string(),
      execId: z.string(),
      orderId: z.string(),
      orderLinkId: z.string(),
      side,
      execQty: decimal,
      execPrice: decimal,
      execType: z.string(),
      execTime: wholeMs,
    }),
  ),
});

const timelineSchema = z.object({ timeline: z.array(z.tuple([z.number(), z.number()])) });

/** The exchange's own book, read through its administration, not through the account interface that the hedger uses. */
export interface PaperAdmin {
  startReplay(): Promise<void>;
  replay(): Promise<ReplayView>;
  accounts(): Promise<readonly AccountOutcome[]>;
  orders(): Promise<readonly VenueOrder[]>;
  executions(): Promise<readonly VenueExecution[]>;
  timeline(): Promise<Timeline>;
}

const PHASES = { paused: "waiting", running: "running", finished: "finished" } as const;
const USD_DECIMALS = 2;
const LTV_DECIMALS = 6;

function money(value: number | null): string {
  return value === null ? "0" : new BigNumber(value).toFixed(USD_DECIMALS);
}

function signed(sideOf: string, size: string): string {
  return sideOf === "Sell" ? new BigNumber(size).negated().toFixed() : size;
}

type PaperAccount = z.infer<typeof accountsSchema>["accounts"][number];

function outcomeOf({ account, loan, positions, stats }: PaperAccount): AccountOutcome {
  return {
    account,
    startEquityUsd: { hedged: money(stats.initialEquityUsd), unhedged: money(stats.initialEquityUsd) },
    lowestEquityUsd: { hedged: money(stats.lowestEquityHedgedUsd), unhedged: money(stats.lowestEquityUnhedgedUsd) },
    finalEquityUsd: { hedged: money(stats.finalEquityHedgedUsd), unhedged: money(stats.finalEquityUnhedgedUsd) },
    highestLtv: stats.highestLtv === null ? undefined : stats.highestLtv.toFixed(LTV_DECIMALS),
    liquidatedAtMs: loan.liquidated?.timeMs,
    feesUsd: money(stats.feesPaidUsd),
    finalPositions: positions.map(({ symbol, side: sideOf, size }) => ({ symbol, qty: signed(sideOf, size) })),
  };
}

/** @param url base URL of the paper exchange @throws (from every call) HedgeLockError NOT_ANSWERED, PAPER_ANSWER_UNKNOWN */
export function paperAdmin(url: string, timers: Timers): PaperAdmin {
  const read = async <Value>(path: string, schema: z.ZodType<Value>): Promise<Value> => {
    const text = await fetchText(`${url}${path}`, NAME, timers);
    const parsed = schema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new HedgeLockError(
      "PAPER_ANSWER_UNKNOWN",
      `${NAME} answered ${path} in an unexpected shape: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
      { exitStatus: EXIT.SERVICE_FAILED },
    );
  };
  return {
    async startReplay() {
      await fetchText(`${url}/sim/replay`, NAME, timers, { method: "POST", body: JSON.stringify({ action: "start" }) });
    },
    async replay() {
      const { state, stepsDone, stepsTotal, replayTimeMs } = await read("/sim/status", statusSchema);
      return { phase: PHASES[state], progress: stepsDone / Math.max(1, stepsTotal), replayTimeMs };
    },
    async accounts() {
      const { accounts } = await read("/sim/accounts", accountsSchema);
      return accounts.map(outcomeOf);
    },
    async orders() {
      const { orders } = await read("/sim/orders", ordersSchema);
      return orders.map(({ orderLinkId, orderStatus, createType, createdTime, ...order }) => ({
        ...order,
        linkId: orderLinkId,
        status: orderStatus,
        byExchange: createType !== BY_USER,
        createdTimeMs: createdTime,
      }));
    },
    async executions() {
      const { executions } = await read("/sim/executions", executionsSchema);
      return executions.map(({ orderLinkId, execQty, execPrice, execTime, ...execution }) => ({
        ...execution,
        linkId: orderLinkId,
        qty: execQty,
        price: execPrice,
        execTimeMs: execTime,
      }));
    },
    async timeline() {
      const { timeline } = await read("/sim/timeline", timelineSchema);
      return timeline;
    },
  };
}
