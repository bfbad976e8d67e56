import type { Bus, Consumption } from "@hedgelock/bus";
import { STREAM, partitionFilter } from "@hedgelock/contracts";
import type { Logger } from "@hedgelock/runtime";
import { errorText } from "@hedgelock/runtime";

import type { DecisionEntry, LedgerEntry } from "../audit/input.ts";
import { decodeDecision, decodeRecord, decodeTick } from "./decode.ts";
import type { EventLine } from "./event-line.ts";
import type { LiveModel } from "./live-model.ts";
import { openIntents } from "./open-intents.ts";

const MARKET_FILTER = "md.*.*.*";

/** What the program reads from the bus while the stack runs. */
export interface BusFeed {
  /** Sequence of the newest tick seen: the number of ticks published so far. */
  readonly ticksPublished: number;
  /** Number of the newest message seen on RISK and HEDGE: stands still when nothing happens. */
  readonly activity: number;
  /** Intents that are not settled. */
  readonly openIntents: number;
  stop(): Promise<void>;
}

/**
 * Follows ticks, decisions and the ledger into the live model; `onLine` is told every line worth showing.
 * A reader of its own: it has no part in what the services do.
 */
export async function followBus(deps: {
  readonly bus: Bus;
  readonly model: LiveModel;
  readonly log: Logger;
  readonly onLine: (line: EventLine) => void;
}): Promise<BusFeed> {
  const { bus, model, onLine } = deps;
  const open = openIntents();
  let activity = 0;
  const show = (line: EventLine | undefined): void => {
    if (line !== undefined) onLine(line);
  };
  const onError = (error: Error): void => deps.log.warn("feed.trouble", { error: errorText(error) });
  const ticks = await bus.consume({
    stream: STREAM.MD,
    filters: [MARKET_FILTER],
    start: { from: "all" },
    name: "cli-md",
    onMessage: (message) => model.tick(decodeTick(message)),
    onError,
  });
  const decisions = await bus.consume({
    stream: STREAM.RISK,
    filters: [partitionFilter("risk", "*")],
    start: { from: "all" },
    name: "cli-risk",
    onMessage(message) {
      const { decision, seq, traceId } = decodeDecision(message);
      show(model.decision(decision, seq, traceId));
    },
    onError,
  });
  const ledger = await bus.consume({
    stream: STREAM.HEDGE,
    filters: [partitionFilter("hedge", "*")],
    start: { from: "all" },
    name: "cli-hedge",
    onMessage(message) {
      const { record } = decodeRecord(message);
      activity = message.seq;
      open.record(record);
      show(model.record(record));
    },
    onError,
  });
  const consumptions: readonly Consumption[] = [ticks, decisions, ledger];
  return {
    get ticksPublished() {
      return ticks.lastSeq;
    },
    get activity() {
      return activity;
    },
    get openIntents() {
      return open.count;
    },
    async stop() {
      await Promise.all(consumptions.map((consumption) => consumption.stop()));
    },
  };
}

/** The whole ledger and every decision, in stream order. */
export async function readHistory(
  bus: Bus,
): Promise<{ readonly ledger: readonly LedgerEntry[]; readonly decisions: readonly DecisionEntry[] }> {
  const ledger: LedgerEntry[] = [];
  const decisions: DecisionEntry[] = [];
  for await (const message of bus.readAll(STREAM.HEDGE, partitionFilter("hedge", "*")))
    ledger.push(decodeRecord(message));
  for await (const message of bus.readAll(STREAM.RISK, partitionFilter("risk", "*")))
    decisions.push(decodeDecision(message));
  return { ledger, decisions };
}
