import { TRACE_PROMOTED_SUBJECT, TracePromoted, TracePromotion } from "@hedgelock/contracts";
import { manualTime, seededRandom, silentLogger } from "@hedgelock/runtime";
import { describe, expect, it } from "vitest";

import { answerPromotions } from "./promotion-answerer.ts";
import { PromotionAsker } from "./promotion-asker.ts";
import type { PromotionBus } from "./promotion-bus.ts";
import { rootSpanId } from "./span-id.ts";
import { noSpans } from "./span-record.ts";
import type { SpanRecord } from "./span-record.ts";
import { collectSpans } from "./span-recorder.ts";
import { countingMetrics } from "./testing/counting-metrics.ts";
import { parseTraceparent } from "./trace-context.ts";
import { TraceRing } from "./trace-ring.ts";

const SUBJECT = "md.bybit.linear.BTCUSDT";

/** A bus that delivers at once, or loses what `loses` says. */
function bus(loses: (subject: string) => boolean = () => false): PromotionBus & { readonly sent: string[] } {
  const listeners = new Set<{
    readonly subject: string;
    readonly run: (subject: string, payload: Uint8Array) => void;
  }>();
  const sent: string[] = [];
  return {
    sent,
    announce(subject, payload) {
      sent.push(subject);
      if (loses(subject)) return;
      for (const listener of listeners)
        if (
          listener.subject === subject ||
          (listener.subject.endsWith(".>") && subject.startsWith(listener.subject.slice(0, -1)))
        )
          listener.run(subject, payload);
    },
    listen(subject, run) {
      const listener = { subject, run };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function setup(loses?: (subject: string) => boolean, slots = 1024) {
  const time = manualTime(1_785_600_000_000);
  const recorder = collectSpans();
  const metrics = countingMetrics();
  const wire = bus(loses);
  const ring = new TraceRing(slots, seededRandom(3));
  const slot = ring.add(0, time.nowUs() - 50, time.nowUs());
  const context = parseTraceparent(ring.traceparent(slot));
  if (context === undefined) throw new Error("no header");
  ring.stored(slot, time.nowUs() + 400);
  const asker = new PromotionAsker({ bus: wire, recorder, timers: time, metrics, log: silentLogger });
  const message = {
    traceId: context.traceId,
    spanId: context.spanId,
    subject: SUBJECT,
    messageId: "linear:BTCUSDT:1:7:7",
    exchangeSeq: 7,
    exchangeTimeMs: 7,
    receiveTimeUs: time.nowUs() - 50,
    publishTimeUs: time.nowUs(),
    storedTimeUs: 0,
    reason: "state_change",
    rebuilt: true,
  };
  const answer = (rings = [ring], owns = (subject: string): boolean => subject === SUBJECT) =>
    answerPromotions({ bus: wire, recorder, rings, owns, clock: time, metrics, writer: "collector-1" });
  const outcome = (name: string): number => metrics.value("hedgelock_trace_promotions_total", name);
  return { time, recorder, metrics, wire, ring, asker, message, answer, outcome };
}

describe("promotion", () => {
  it("has the collector build its spans, which knows the acknowledgement, and nobody else", () => {
    const { recorder, asker, message, answer, time, outcome } = setup();
    answer();
    asker.ensure(message);
    asker.ensure(message);
    time.advance(5000);
    expect(recorder.spans.map(({ name, attributes }) => [name, attributes["hedgelock.trace.rebuilt"]])).toEqual([
      ["receive tick", undefined],
      ["publish md.{venue}.{category}.{symbol}", undefined],
    ]);
    expect(recorder.spans[1]).toMatchObject({ spanId: message.spanId, endUs: message.publishTimeUs + 400 });
    expect([outcome("confirmed"), outcome("rebuilt")]).toEqual([1, 0]);
  });

  it.each([
    ["the question is lost", (subject: string) => subject.startsWith("trace.promote.")],
    ["nobody answers", undefined],
  ])("builds the same spans from the message when %s", (_what, loses) => {
    const { recorder, asker, message, answer, time, outcome } = setup(loses);
    if (loses !== undefined) answer();
    asker.ensure(message);
    time.advance(2999);
    expect(recorder.spans).toEqual([]);
    time.advance(1);
    asker.ensure(message);
    time.advance(5000);
    expect(recorder.spans.map(({ spanId }) => spanId)).toEqual([rootSpanId(message.traceId), message.spanId]);
    expect(recorder.spans[1]).toMatchObject({ attributes: { "hedgelock.trace.rebuilt": true } });
    expect([outcome("confirmed"), outcome("rebuilt")]).toEqual([0, 1]);
  });

  it("when only the answer is lost, both build the spans, and they are the same: same ids", () => {
    const { recorder, asker, message, answer, time } = setup((subject) => subject === TRACE_PROMOTED_SUBJECT);
    answer();
    asker.ensure(message);
    time.advance(3000);
    expect(new Set(recorder.spans.map(({ spanId, name }) => `${spanId} ${name}`)).size).toBe(2);
    expect(recorder.spans).toHaveLength(4);
  });

  it("two who ask get one pair of spans and an answer each", () => {
    const { recorder, asker, message, answer, time, wire, metrics } = setup();
    answer();
    const second = new PromotionAsker({ bus: wire, recorder, timers: time, metrics, log: silentLogger });
    asker.ensure(message);
    second.ensure(message);
    time.advance(5000);
    expect(recorder.spans).toHaveLength(2);
  });

  it("does not count on a collector that ends before its spans are exported", () => {
    const { recorder, asker, message, time, wire, ring, metrics, outcome } = setup();
    const lost: SpanRecord[] = [];
    const dying = { enabled: true, record: (span: SpanRecord) => void lost.push(span) };
    const owns = (): boolean => true;
    answerPromotions({ bus: wire, recorder: dying, rings: [ring], owns, clock: time, metrics, writer: "collector-1" });
    asker.ensure(message);
    time.advance(3000);
    expect(outcome("rebuilt")).toBe(1);
    expect(recorder.spans.map(({ spanId }) => spanId)).toEqual(lost.map(({ spanId }) => spanId));
  });

  it("answers who asks later, too, without building anything again", () => {
    const { recorder, asker, message, answer, time, wire, metrics, outcome } = setup();
    answer();
    asker.ensure(message);
    time.advance(60_000);
    const late = new PromotionAsker({ bus: wire, recorder, timers: time, metrics, log: silentLogger });
    late.ensure(message);
    time.advance(3000);
    expect(recorder.spans).toHaveLength(2);
    expect([outcome("confirmed"), outcome("rebuilt")]).toEqual([2, 0]);
  });

  it("of two collectors the one that published it answers; a message not found is a miss only when the ring has turned", () => {
    const { recorder, asker, message, answer, time, metrics } = setup();
    answer([new TraceRing(8, seededRandom(9))]);
    answer();
    asker.ensure(message);
    time.advance(5000);
    expect(recorder.spans).toHaveLength(2);
    expect(metrics.value("hedgelock_trace_promote_miss_total")).toBe(0);
  });

  it("counts a promotion that came too late", () => {
    const { recorder, asker, message, answer, time, ring, metrics, outcome } = setup(undefined, 4);
    answer();
    time.advance(10);
    for (let index = 0; index < 4; index += 1) ring.add(0, time.nowUs(), time.nowUs());
    asker.ensure(message);
    time.advance(3000);
    expect(metrics.value("hedgelock_trace_promote_miss_total")).toBe(1);
    expect(outcome("rebuilt")).toBe(1);
    expect(recorder.spans).toHaveLength(2);
  });

  it("does not answer for others' subjects", () => {
    const { recorder, message, answer, wire } = setup();
    answer(undefined, () => false);
    wire.announce(`trace.promote.${SUBJECT}`, TracePromotion.encode(message).finish());
    expect(recorder.spans).toEqual([]);
    expect(wire.sent).not.toContain(TRACE_PROMOTED_SUBJECT);
  });

  it("builds what is unanswered when it stops", async () => {
    const { recorder, asker, message, time } = setup();
    asker.ensure(message);
    const stopping = asker.stop(1000);
    time.advance(200);
    await stopping;
    expect(recorder.spans).toHaveLength(2);
    time.advance(5000);
    expect(recorder.spans).toHaveLength(2);
  });

  it("asks nobody when spans go nowhere, or for a message without a header", () => {
    const { asker, message, wire, time, metrics } = setup();
    new PromotionAsker({ bus: wire, recorder: noSpans, timers: time, metrics, log: silentLogger }).ensure(message);
    asker.ensure({ ...message, spanId: "" });
    expect(wire.sent).toEqual([]);
  });

  it("survives a bus that refuses to announce", () => {
    const { message, time, metrics, recorder } = setup();
    const closed: PromotionBus = {
      announce() {
        throw new Error("closed");
      },
      listen: () => () => undefined,
    };
    new PromotionAsker({ bus: closed, recorder, timers: time, metrics, log: silentLogger }).ensure(message);
    time.advance(3000);
    expect(recorder.spans).toHaveLength(2);
  });

  it("speaks the wire contract", () => {
    const payload = TracePromoted.encode({ traceId: "a".repeat(32), spanId: "b".repeat(16), writer: "w" }).finish();
    expect(TracePromoted.decode(payload)).toEqual({ traceId: "a".repeat(32), spanId: "b".repeat(16), writer: "w" });
  });
});
