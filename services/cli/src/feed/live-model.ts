import type { AssetExposure, Decision, HedgeRecord, Tick } from "@hedgelock/contracts";

import { tickToDecisionMs } from "../report/latencies.ts";
import { percentiles } from "../report/percentiles.ts";
import type { Percentiles } from "../report/percentiles.ts";
import { stateName } from "../report/state-names.ts";
import type { StateName } from "../report/schema.ts";
import { decisionLine, recordLine } from "./event-line.ts";
import type { EventLine } from "./event-line.ts";
import { priceHistory } from "./price-history.ts";
import type { PriceView } from "./price-history.ts";
import { pushBounded } from "./push-bounded.ts";

/** Newest events kept for the view. */
const RECENT = 50;
/** Samples kept for the percentiles on the screen: the report counts all. */
const MAX_SAMPLES = 20_000;

/** One hedge instrument of an account. Signed base quantities as decimal strings; "" when not known. */
export interface HedgeView {
  readonly symbol: string;
  readonly target: string;
  readonly actual: string;
}

/** One account as the view shows it. */
export interface AccountView {
  readonly account: string;
  readonly state: StateName;
  /** Fraction; undefined when unknown. */
  readonly ltv: number | undefined;
  readonly netDelta: readonly { readonly base: string; readonly qty: string }[];
  readonly hedges: readonly HedgeView[];
  readonly hedgedUsd: number | undefined;
  readonly unhedgedUsd: number | undefined;
  readonly liquidated: boolean;
}

/** Where the replay stands. */
export interface ReplayView {
  readonly phase: "waiting" | "running" | "finished";
  /** 0 to 1. */
  readonly progress: number;
  /** The recorded clock, milliseconds since the epoch; undefined before the start. */
  readonly replayTimeMs: number | undefined;
}

/** Everything the view is drawn from. */
export interface LiveState {
  readonly replay: ReplayView;
  readonly prices: readonly PriceView[];
  readonly accounts: readonly AccountView[];
  /** Oldest first. */
  readonly recent: readonly EventLine[];
  readonly ticks: number;
  readonly fills: number;
  readonly tickToDecision: Percentiles;
  readonly tickToFill: Percentiles;
}

/** Account facts that the paper exchange tells beside the streams. */
export interface AccountFacts {
  readonly account: string;
  readonly hedgedUsd: number;
  readonly unhedgedUsd: number;
  readonly liquidated: boolean;
}

/** Takes in what happens and gives the state to draw. */
export interface LiveModel {
  tick(tick: Tick): void;
  /** @returns the line to show, if any */
  decision(decision: Decision, seq: number, traceId: string): EventLine | undefined;
  /** @returns the line to show, if any */
  record(record: HedgeRecord): EventLine | undefined;
  facts(facts: readonly AccountFacts[]): readonly string[];
  replay(view: ReplayView): void;
  event(line: EventLine): void;
  /** Adds the current prices to the sparklines: called at a steady pace, so that it shows time. */
  sample(): void;
  snapshot(): LiveState;
}

interface Draft {
  decision: Decision | undefined;
  record: HedgeRecord | undefined;
  facts: AccountFacts | undefined;
}

/** Net delta with the hedge that the ledger has now: the decision was made on the one before. */
function deltaNow(exposure: AssetExposure, positions: ReadonlyMap<string, string>): string {
  if (exposure.netDeltaQty === "" || exposure.perpQty === "") return "";
  const held = [...positions].filter(([symbol]) => symbol.startsWith(exposure.base)).map(([, qty]) => Number(qty));
  return held.reduce((sum, qty) => sum + qty, Number(exposure.netDeltaQty) - Number(exposure.perpQty)).toString();
}

function accountView(account: string, { decision, record, facts }: Draft): AccountView {
  const actual = new Map((record?.state?.positions ?? []).map((position) => [position.symbol, position.qty]));
  const targets = new Map((decision?.targets ?? []).map((target) => [target.symbol, target.targetQty]));
  const ltv = decision === undefined || decision.effectiveLtv === "" ? undefined : Number(decision.effectiveLtv);
  return {
    account,
    state: decision === undefined ? "NONE" : stateName(decision.state),
    ltv,
    netDelta: (decision?.exposures ?? []).map((exposure) => ({ base: exposure.base, qty: deltaNow(exposure, actual) })),
    hedges: [...new Set([...targets.keys(), ...actual.keys()])].map((symbol) => ({
      symbol,
      target: targets.get(symbol) ?? "",
      actual: actual.get(symbol) ?? "0",
    })),
    hedgedUsd: facts?.hedgedUsd,
    unhedgedUsd: facts?.unhedgedUsd,
    liquidated: facts?.liquidated ?? false,
  };
}

/** Tick received -> first fill, of the intent that the fill belongs to. */
function fillLatencyMs(record: HedgeRecord): number | undefined {
  const intent = record.state?.intents.find((candidate) => candidate.traceId === record.traceId);
  if (intent === undefined || intent.firstFillTimeUs === 0 || intent.tickReceiveTimeUs === 0) return undefined;
  return (intent.firstFillTimeUs - intent.tickReceiveTimeUs) / 1000;
}

/** @param accounts names, in the order to show */
export function liveModel(accounts: readonly string[]): LiveModel {
  const drafts = new Map<string, Draft>(
    accounts.map((account) => [account, { decision: undefined, record: undefined, facts: undefined }]),
  );
  const prices = priceHistory();
  const recent: EventLine[] = [];
  const decisionMs: number[] = [];
  const fillMs: number[] = [];
  let replay: ReplayView = { phase: "waiting", progress: 0, replayTimeMs: undefined };
  let ticks = 0;
  let fills = 0;
  const draftOf = (account: string): Draft => {
    const draft = drafts.get(account) ?? { decision: undefined, record: undefined, facts: undefined };
    drafts.set(account, draft);
    return draft;
  };
  const remember = (line: EventLine | undefined): EventLine | undefined => {
    if (line !== undefined) pushBounded(recent, line, RECENT);
    return line;
  };
  return {
    tick(tick) {
      ticks += 1;
      prices.tick(tick);
    },
    decision(decision, seq, traceId) {
      draftOf(decision.account).decision = decision;
      const latency = tickToDecisionMs({ decision, seq, traceId });
      if (latency !== undefined) pushBounded(decisionMs, latency, MAX_SAMPLES);
      return remember(decisionLine(decision, traceId));
    },
    record(record) {
      draftOf(record.account).record = record;
      const line = recordLine(record);
      if (line?.word === "fill") {
        fills += 1;
        const latency = fillLatencyMs(record);
        if (latency !== undefined) pushBounded(fillMs, latency, MAX_SAMPLES);
      }
      return remember(line);
    },
    facts(all) {
      return all.flatMap((facts) => {
        const draft = draftOf(facts.account);
        const news = facts.liquidated && draft.facts?.liquidated !== true;
        draft.facts = facts;
        return news ? [facts.account] : [];
      });
    },
    replay(view) {
      replay = view;
    },
    event(line) {
      remember(line);
    },
    sample: () => prices.sample(),
    snapshot: () => ({
      replay,
      prices: prices.views(),
      accounts: [...drafts].map(([account, draft]) => accountView(account, draft)),
      recent,
      ticks,
      fills,
      tickToDecision: percentiles(decisionMs),
      tickToFill: percentiles(fillMs),
    }),
  };
}
