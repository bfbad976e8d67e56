import type { StoredMessage } from "@hedgelock/bus";
import { Decision, HEADER } from "@hedgelock/contracts";
import { manualTime, seededRandom } from "@hedgelock/runtime";
import type { ManualTime } from "@hedgelock/runtime";
import {
  SPAN,
  collectSpans,
  messageSpans,
  noSpans,
  parseTraceparent,
  toStoredSpan,
  traceTree,
  treeProblems,
} from "@hedgelock/telemetry";
import type { SpanRecord } from "@hedgelock/telemetry";
import { describe, expect, it } from "vitest";

import { RiskTracing } from "./risk-tracing.ts";
import { harness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";
import { PARTITIONS, START_MS, linear, loan, positionOf, positions, spot, wallet } from "./testing/messages.ts";

/** LTV of the test loan is 32400 / (0.9 x price). */
const AT = { calm: 60_000, caution: 53_000 } as const;

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, "0");

/** The message with ids of its own, by which it is recognised in the spans. */
function traced(message: StoredMessage, id: number): StoredMessage {
  return { ...message, headers: { [HEADER.TRACEPARENT]: `00-${hex(id, 32)}-${hex(id, 16)}-00` } };
}

interface Traced extends Harness {
  readonly spans: readonly SpanRecord[];
  readonly tracing: RiskTracing;
}

function setup(
  options: {
    readonly baselineRatio?: number;
    readonly writer?: string;
    readonly time?: ManualTime;
    readonly stream?: Harness["stream"];
  } = {},
): Traced {
  const time = options.time ?? manualTime(START_MS);
  const recorder = collectSpans();
  const tracing = new RiskTracing({
    recorder,
    asker: { ensure: (message) => messageSpans(message).forEach((span) => recorder.record(span)) },
    promotions: { record: (_traceId, _spanId, spans) => spans.forEach((span) => recorder.record(span)) },
    clock: time,
    random: seededRandom(1),
    writer: options.writer ?? "risk-a",
    partitions: PARTITIONS,
    baselineRatio: options.baselineRatio ?? 0,
  });
  return { ...harness({ ...options, time, tracing }), spans: recorder.spans, tracing };
}

/** Account, market and the first decision; messages have the trace ids 1 to 5. */
async function started(options: Parameters<typeof setup>[0] = {}): Promise<Traced> {
  const engine = setup(options);
  const at = engine.time.nowMs();
  engine.engine.onSnapshot(traced(wallet("alice", at), 1));
  engine.engine.onSnapshot(traced(positions("alice", at), 2));
  engine.engine.onSnapshot(traced(loan("alice", at), 3));
  engine.engine.onTick(traced(linear(AT.calm, at), 4));
  engine.engine.onTick(traced(spot(AT.calm, at), 5));
  engine.engine.goLive();
  await engine.settle();
  return engine;
}

function ofTrace(spans: readonly SpanRecord[], id: number): readonly SpanRecord[] {
  return spans.filter(({ traceId }) => traceId === hex(id, 32));
}

describe("what is kept of a decision", () => {
  it("that changes something: process, decide, publish, under the tick that caused it, with links to the other inputs", async () => {
    const engine = await started();
    engine.engine.onTick(traced(linear(AT.caution, START_MS), 6));
    engine.time.advance(2);
    engine.engine.onTick(traced(spot(AT.caution, START_MS), 7));
    await engine.settle();
    const spans = ofTrace(engine.spans, 7);
    expect(treeProblems(traceTree(spans.map(toStoredSpan)))).toEqual([]);
    expect(spans.map(({ name }) => name)).toEqual([
      SPAN.RECEIVE_TICK,
      SPAN.PUBLISH_TICK,
      SPAN.PROCESS_TICK,
      SPAN.DECIDE,
      SPAN.PUBLISH_DECISION,
    ]);
    const header = parseTraceparent(engine.stream.messages.at(-1)?.headers[HEADER.TRACEPARENT]);
    expect(header).toMatchObject({ traceId: hex(7, 32), sampled: true });
    expect(spans.at(-1)?.spanId).toBe(header?.spanId);
    const decide = spans.find(({ name }) => name === SPAN.DECIDE);
    expect(decide?.attributes).toMatchObject({
      "hedgelock.risk.state": "CAUTION",
      "hedgelock.risk.previous_state": "NORMAL",
      "hedgelock.decision.cause": "tick",
      "hedgelock.decision.reasons": ["state_change", "target_change"],
      "hedgelock.hedge.targets": ["BTCUSDT=-0.5"],
    });
    expect(decide?.links?.map(({ traceId }) => traceId)).toEqual([1, 2, 3, 6].map((id) => hex(id, 32)));
  });

  it("that time alone brought about: under the newest message, whose trace it continues", async () => {
    const engine = await started();
    engine.time.advance(30_000);
    engine.engine.sweep();
    await engine.settle();
    const decision = engine.stream.decisions().at(-1);
    expect(decision?.reasons).toContain("quality_change");
    expect(decision?.trigger).toBeUndefined();
    expect(decision?.continued).toMatchObject({ subject: "md.bybit.spot.BTCUSDT", spanId: hex(5, 16) });
    const spans = ofTrace(engine.spans, 5);
    expect(treeProblems(traceTree(spans.map(toStoredSpan)))).toEqual([]);
    const causes = spans.flatMap(({ attributes }) => attributes["hedgelock.decision.cause"] ?? []);
    expect(causes.at(-1)).toBe("time");
  });

  it("that only repeats what stands: nothing, and the header says so; unless a hedge is due on it", async () => {
    const engine = await started();
    engine.engine.onTick(traced(linear(AT.caution, START_MS), 6));
    engine.engine.onTick(traced(spot(AT.caution, START_MS), 7));
    await engine.settle();
    const sampledOfLast = (): boolean | undefined =>
      parseTraceparent(engine.stream.messages.at(-1)?.headers[HEADER.TRACEPARENT])?.sampled;
    // Target -0.5, position 0: a refresh is worth a trace, a hedge may follow from it.
    engine.time.advance(1500);
    engine.engine.onTick(traced(spot(AT.caution, START_MS + 1500), 8));
    await engine.settle();
    expect(engine.stream.decisions().at(-1)?.reasons).toEqual(["refresh"]);
    expect(sampledOfLast()).toBe(true);
    expect(ofTrace(engine.spans, 8).map(({ attributes }) => attributes["hedgelock.trace.reason"])).toContain(
      "hedge_due",
    );
    engine.engine.onSnapshot(traced(positions("alice", START_MS + 1500, [positionOf("BTCUSDT", "-0.5")]), 9));
    await engine.settle();
    engine.time.advance(1500);
    engine.engine.onTick(traced(spot(AT.caution, START_MS + 3000), 10));
    await engine.settle();
    expect(engine.stream.decisions().at(-1)?.reasons).toEqual(["refresh"]);
    expect(sampledOfLast()).toBe(false);
    expect(ofTrace(engine.spans, 10)).toEqual([]);
  });

  it("whose acknowledgement was lost: the same, once it is found in the stream", async () => {
    const engine = await started();
    engine.stream.plan("stored_lost");
    engine.engine.onTick(traced(linear(AT.caution, START_MS), 6));
    engine.engine.onTick(traced(spot(AT.caution, START_MS), 7));
    await engine.settle();
    const header = parseTraceparent(engine.stream.messages.at(-1)?.headers[HEADER.TRACEPARENT]);
    const spans = ofTrace(engine.spans, 7);
    expect(treeProblems(traceTree(spans.map(toStoredSpan)))).toEqual([]);
    expect(spans.at(-1)).toMatchObject({ name: SPAN.PUBLISH_DECISION, spanId: header?.spanId });
  });

  it("that was not stored: nothing", async () => {
    const engine = await started();
    engine.stream.plan("lost");
    const before = engine.spans.length;
    engine.stream.isHolding = false;
    engine.engine.onTick(traced(linear(AT.caution, START_MS), 6));
    engine.engine.onTick(traced(spot(AT.caution, START_MS), 7));
    await engine.settle();
    const published = engine.spans.slice(before).filter(({ name }) => name === SPAN.PUBLISH_DECISION);
    const stored = engine.stream.messages.map(({ headers }) => parseTraceparent(headers[HEADER.TRACEPARENT])?.spanId);
    for (const { spanId } of published) expect(stored).toContain(spanId);
  });
});

describe("a successor", () => {
  it("builds the spans of a young decision again, with the same ids, and none of an old one or one without", async () => {
    const first = await started();
    first.engine.onTick(traced(linear(AT.caution, START_MS), 6));
    first.engine.onTick(traced(spot(AT.caution, START_MS), 7));
    await first.settle();
    const last = first.stream.messages.at(-1);
    if (last === undefined) throw new Error("no decision");
    const second = setup({ writer: "risk-b", time: first.time });
    second.engine.resume(last);
    const ids = (spans: readonly SpanRecord[]): readonly string[] =>
      spans.map(({ name, spanId }) => `${name} ${spanId}`);
    expect(ids(second.spans)).toEqual(ids(ofTrace(first.spans, 7)));
    expect(second.spans.every(({ attributes }) => attributes["hedgelock.trace.rebuilt"] === true)).toBe(true);

    const unsampled = {
      ...last,
      headers: { [HEADER.TRACEPARENT]: (last.headers[HEADER.TRACEPARENT] ?? "").replace(/01$/, "00") },
    };
    const third = setup({ writer: "risk-b", time: first.time });
    third.engine.resume(unsampled);
    expect(third.spans).toEqual([]);
    first.time.advance(31_000);
    third.engine.resume(last);
    expect(third.spans).toEqual([]);
  });
});

describe("ticks that lead to nothing", () => {
  it("are kept in the given share", async () => {
    const engine = await started({ baselineRatio: 0.1 });
    const before = engine.spans.length;
    for (let index = 0; index < 2000; index += 1)
      engine.engine.onTick(traced(spot(AT.calm, START_MS + index), 100 + index));
    await engine.settle();
    const processed = engine.spans.slice(before).filter(({ name }) => name === SPAN.PROCESS_TICK);
    expect(processed.length).toBeGreaterThan(140);
    expect(processed.length).toBeLessThan(260);
    expect(new Set(processed.map(({ attributes }) => attributes["hedgelock.trace.reason"]))).toEqual(
      new Set(["baseline"]),
    );
    for (const { traceId } of processed) {
      const own = engine.spans.filter((span) => span.traceId === traceId);
      expect(treeProblems(traceTree(own.map(toStoredSpan)))).toEqual([]);
    }
  });

  it("are kept when they were late, one a second", async () => {
    const engine = await started();
    engine.time.advance(5000);
    const before = engine.spans.length;
    for (let index = 0; index < 300; index += 1) {
      engine.time.advance(10);
      const receiveTimeUs = engine.time.nowUs() - 300_000;
      engine.engine.onTick(traced(spot(AT.calm, START_MS + index, { receiveTimeUs }), 100 + index));
    }
    const late = engine.spans
      .slice(before)
      .filter(({ attributes }) => attributes["hedgelock.trace.reason"] === "outlier");
    expect(late.filter(({ name }) => name === SPAN.PROCESS_TICK)).toHaveLength(3);
  });

  it("cost nothing when spans go nowhere", () => {
    const tracing = new RiskTracing({
      recorder: noSpans,
      asker: {
        ensure() {
          throw new Error("asked");
        },
      },
      promotions: {
        record() {
          throw new Error("recorded");
        },
      },
      clock: manualTime(START_MS),
      random: seededRandom(1),
      writer: "risk-a",
      partitions: PARTITIONS,
      baselineRatio: 1,
    });
    const { engine } = harness({ tracing });
    engine.onTick(traced(spot(AT.calm, START_MS, { receiveTimeUs: 1 }), 1));
    expect(tracing.reasonToKeep({ ...Decision.decode(new Uint8Array()), reasons: ["first"] })).toBeUndefined();
  });
});
