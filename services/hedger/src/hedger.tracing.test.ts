import {
  collectSpans,
  decisionSpans,
  fillProblems,
  messageSpans,
  messageTraceOf,
  SPAN,
  toStoredSpan,
  traceTree,
  treeProblems,
} from "@hedgelock/telemetry";
import type { DecisionTrace, SpanRecord } from "@hedgelock/telemetry";
import { describe, expect, it } from "vitest";

import { CRASH_POINTS, type CrashPoint } from "./account/crash-points.ts";
import type { HedgeTracingDeps } from "./account/hedge-tracing.ts";
import { intentSpans } from "./account/intent-spans.ts";
import type { Fate } from "./testing/fake-exchange.ts";
import { ACCOUNT, DECISION_SPAN_ID, TRACE_ID, World } from "./testing/world.ts";

const FATES: Readonly<Record<string, Fate>> = {
  "all is well": {},
  "the answer is lost": { answer: "lost" },
  "the request is lost": { arrivesAfterMs: "never", answer: "lost" },
  "it is filled in part": { fills: [0.4, 0.2] },
  "the answer never comes and the events are late": { answer: "hang", eventsAfterMs: 3000 },
};

const SERVER = { "rpc.system.name": "bybit", "server.address": "127.0.0.1", "server.port": 80 } as const;

/** Spans of one process; the collector's part is built at once when it is asked for. */
function tracing(): HedgeTracingDeps & { readonly spans: readonly SpanRecord[]; readonly decisions: DecisionTrace[] } {
  const recorder = collectSpans();
  const decisions: DecisionTrace[] = [];
  const asker = {
    ensure(message: Parameters<typeof messageSpans>[0]): void {
      for (const span of messageSpans(message)) recorder.record(span);
    },
    ensureDecision: (decision: DecisionTrace) => void decisions.push(decision),
  };
  return { recorder, asker, server: SERVER, spans: recorder.spans, decisions };
}

const treeOf = (spans: readonly SpanRecord[]) => traceTree(spans.map(toStoredSpan));

/** Every fill that the exchange made has one whole trace in these spans. */
async function expectWhole(world: World, spans: readonly SpanRecord[]): Promise<void> {
  const fills = (await world.ledger()).flatMap(({ event }) =>
    event?.body?.$case === "execution" ? [event.body.value.execId] : [],
  );
  expect(fills.length).toBeGreaterThan(0);
  const tree = treeOf(spans);
  for (const execId of fills) expect(fillProblems(tree, execId)).toEqual([]);
}

describe("the trace of a hedge", () => {
  it("has every step with its time, and what was sent", async () => {
    const world = new World();
    const traces = tracing();
    const process = world.start({ tracing: traces });
    await world.calm();
    world.decide("-0.25");
    await world.pass(1000);
    await (await process.hedger).stop(1000);
    await expectWhole(world, traces.spans);
    expect(traces.spans.map(({ name }) => name)).toEqual([
      SPAN.RECEIVE_TICK,
      SPAN.PUBLISH_TICK,
      SPAN.PROCESS_TICK,
      SPAN.DECIDE,
      SPAN.PUBLISH_DECISION,
      SPAN.PROCESS_DECISION,
      SPAN.APPEND_INTENT,
      SPAN.HEDGE,
      SPAN.SEND_ORDER,
      SPAN.ORDER_ACK,
      SPAN.FILL,
      SPAN.POSTCONDITION,
    ]);
    const linkId = world.exchange.orders[0]?.request.linkId;
    const hedge = traces.spans.find(({ name }) => name === SPAN.HEDGE);
    expect(hedge?.attributes).toMatchObject({ "hedgelock.order.link_id": linkId, "hedgelock.order.state": "VERIFIED" });
    // The ledger's own ids are those of the span, so logs and records lead to it.
    for (const record of await world.ledger()) {
      if (record.event?.body?.$case === "positionAdopted") continue;
      expect([record.traceId, record.spanId]).toEqual([TRACE_ID, hedge?.spanId]);
    }
  });

  it("leaves the part up to the decision to the risk engine when that has built it", async () => {
    const world = new World();
    const traces = tracing();
    world.start({ tracing: traces });
    await world.calm();
    world.decide("-0.25", {}, true);
    await world.pass(1000);
    const tree = treeOf(traces.spans);
    expect(tree.roots.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      [SPAN.PROCESS_DECISION, DECISION_SPAN_ID],
    ]);
    expect(tree.spans.every(({ service }) => service === "hedger")).toBe(true);
    // But makes sure of it, with all that is needed to build it: the risk engine may end before its spans are out.
    const [decision, ...others] = traces.decisions;
    if (decision === undefined) throw new Error("not asked");
    expect(others).toEqual([]);
    const cause = decision.cause;
    if (cause === undefined) throw new Error("no cause");
    const upTo = [...messageSpans(messageTraceOf(TRACE_ID, cause, "hedge")), ...decisionSpans(decision)];
    await expectWhole(world, [...upTo, ...traces.spans]);
  });

  it("waits for the answer to the order, which tells when it was acknowledged", async () => {
    const world = new World();
    const traces = tracing();
    world.exchange.fates.push({ answer: "hang" });
    world.start({ tracing: traces });
    await world.calm();
    world.decide("-0.25");
    await world.pass(2000);
    expect(world.exchange.positionQty.toFixed()).toBe("-0.25");
    expect(traces.spans).toEqual([]);
    await world.passDeciding(10_000, "-0.25");
    await expectWhole(world, traces.spans);
  });

  it("of a refusal ends with the rule, and its spans stand under the decision", async () => {
    const world = new World();
    const traces = tracing();
    world.start({ tracing: traces });
    await world.calm();
    world.decide("-0.0004");
    world.decide("-0.25", { decidedTimeUs: world.time.nowUs() - 60_000_000 });
    await world.pass(500);
    const refusals = traces.spans.filter(({ name }) => name === SPAN.REFUSE);
    expect(refusals.map(({ attributes }) => attributes["hedgelock.refusal.rule"])).toEqual(["decision_too_old"]);
    expect(treeProblems(treeOf(traces.spans))).toEqual([]);
  });

  it("without spans to be made, nothing is built or asked for", async () => {
    const world = new World();
    const asked: unknown[] = [];
    const recorder = { enabled: false, record: (span: SpanRecord) => void asked.push(span) };
    world.start({
      tracing: {
        recorder,
        asker: { ensure: (message) => asked.push(message), ensureDecision: (one) => asked.push(one) },
        server: {},
      },
    });
    await world.calm();
    world.decide("-0.25");
    await world.pass(1000);
    expect(asked).toEqual([]);
  });
});

describe("killed between two steps", () => {
  for (const [name, fate] of Object.entries(FATES)) {
    it.each(CRASH_POINTS)(
      `the trace is whole, and the same, whoever built it: ${name}; %s`,
      async (crashPoint: CrashPoint) => {
        const world = new World();
        world.exchange.fates.push(fate);
        const dead = tracing();
        const first = world.start({ crashPoint, tracing: dead });
        await world.calm();
        world.decide("-0.25");
        await world.passDeciding(name.includes("late") ? 1500 : 600, "-0.25");
        const hit = first.life.dead;
        first.life.kill();
        const alive = tracing();
        world.start({ tracing: alive });
        await world.passDeciding(40_000, "-0.25");
        expect(world.failures).toEqual([]);
        expect(world.exchange.positionQty.toFixed()).toBe("-0.25");

        // Everything that the dead process had built was exported.
        await expectWhole(world, [...dead.spans, ...alive.spans]);
        // Nothing of it was: what had not ended for good before the kill is in the successor's spans alone.
        if (hit) await expectWhole(world, alive.spans);
        // What both built are the same spans.
        for (const span of dead.spans) {
          const again = alive.spans.find(({ spanId }) => spanId === span.spanId);
          if (again === undefined) continue;
          const same = ({ name: title, traceId, spanId, parentSpanId }: SpanRecord) => [
            title,
            traceId,
            spanId,
            parentSpanId,
          ];
          expect(same(again)).toEqual(same(span));
        }
      },
    );
  }

  it("what had ended, but was not exported, is traced by the successor, though the account has moved on", async () => {
    const world = new World();
    const lost: SpanRecord[] = [];
    const never = { enabled: true, record: (span: SpanRecord) => void lost.push(span) };
    const first = world.start({ tracing: { ...tracing(), recorder: never } });
    await world.calm();
    for (const target of ["-0.25", "-0.5", "-0.75"]) {
      world.decide(target);
      await world.pass(1000);
    }
    expect((await world.state()).untraced).toHaveLength(2);
    first.life.kill();
    const alive = tracing();
    world.start({ tracing: alive });
    await world.pass(1000);
    await expectWhole(world, alive.spans);
    expect(alive.spans.filter(({ name }) => name === SPAN.HEDGE)).toHaveLength(3);
    // Exported now: the next record forgets them.
    world.decide("-1");
    await world.pass(1000);
    expect((await world.state()).untraced).toEqual([]);
  });

  it("its spans follow from the ledger record alone", async () => {
    const world = new World();
    const traces = tracing();
    world.start({ tracing: traces });
    await world.calm();
    world.decide("-0.25");
    await world.pass(1000);
    const [intent] = (await world.state()).intents;
    if (intent === undefined) throw new Error("the intent has left the ledger");
    const rebuilt = intentSpans(intent, { account: ACCOUNT, partitions: 16, server: SERVER });
    const built = traces.spans.filter(({ spanId }) => rebuilt.some((span) => span.spanId === spanId));
    expect(rebuilt).toEqual(built);
    expect(rebuilt).toHaveLength(7);
  });
});
