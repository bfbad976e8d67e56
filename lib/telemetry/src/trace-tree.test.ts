import { describe, expect, it } from "vitest";

import { decisionSpans } from "./decision-spans.ts";
import { messageSpans } from "./message-spans.ts";
import { SPAN } from "./registry/spans.ts";
import type { SpanRecord } from "./span-record.ts";
import { collectSpans } from "./span-recorder.ts";
import { toStoredSpan } from "./stored-span.ts";
import { fillProblems, traceTree, treeProblems } from "./trace-tree.ts";
import { TRACE_ID } from "./testing/spans.ts";

const T0 = 1_785_600_000_000_000;
const CAUSE = {
  messageId: "spot:BTCUSDT:1:7:7",
  subject: "md.bybit.spot.BTCUSDT",
  exchangeSeq: 7,
  exchangeTimeMs: 7,
  receiveTimeUs: T0,
  publishTimeUs: T0 + 10,
  evaluateTimeUs: T0 + 500,
  spanId: "00000000000000b1",
};

function hedgerSpan(
  name: SpanRecord["name"],
  id: number,
  parent: number,
  attributes: SpanRecord["attributes"] = {},
): SpanRecord {
  const hex = (number: number): string => number.toString(16).padStart(16, "0");
  return {
    name,
    traceId: TRACE_ID,
    spanId: hex(id),
    parentSpanId: hex(parent),
    startUs: T0 + id,
    endUs: T0 + 2 * id,
    attributes,
  };
}

/** A whole trace of one fill, as the three services build it. */
function wholeTrace(): readonly SpanRecord[] {
  return [
    ...messageSpans({ ...CAUSE, traceId: TRACE_ID, storedTimeUs: 0, reason: "state_change", rebuilt: false }),
    ...decisionSpans({
      traceId: TRACE_ID,
      spanId: "00000000000000d1",
      account: "alice",
      partitions: 16,
      version: 3,
      cause: CAUSE,
      decidedTimeUs: T0 + 510,
      preparedTimeUs: T0 + 520,
      storedTimeUs: T0 + 900,
      messageId: "alice:3:risk-1",
      reason: "state_change",
      facts: {},
      links: [{ traceId: "c".repeat(32), spanId: "d".repeat(16) }],
      rebuilt: false,
    }),
    hedgerSpan(SPAN.PROCESS_DECISION, 1000, 0xd1),
    hedgerSpan(SPAN.HEDGE, 1001, 1000),
    hedgerSpan(SPAN.APPEND_INTENT, 1002, 1001),
    hedgerSpan(SPAN.SEND_ORDER, 1003, 1001),
    hedgerSpan(SPAN.ORDER_ACK, 1004, 1003),
    hedgerSpan(SPAN.FILL, 1005, 1003, { "hedgelock.execution.id": "e1" }),
    hedgerSpan(SPAN.FILL, 1006, 1003, { "hedgelock.execution.id": "e2" }),
    hedgerSpan(SPAN.POSTCONDITION, 1007, 1001),
  ];
}

const treeOf = (spans: readonly SpanRecord[]) => traceTree(spans.map(toStoredSpan));

describe("the tree of a fill", () => {
  it("is whole, in any order, and when spans were exported twice", () => {
    const recorder = collectSpans();
    for (const span of wholeTrace()) recorder.record(span);
    for (const spans of [recorder.spans, recorder.spans.toReversed(), [...recorder.spans, ...recorder.spans]]) {
      const tree = treeOf(spans);
      expect(treeProblems(tree)).toEqual([]);
      expect(fillProblems(tree, "e1")).toEqual([]);
      expect(fillProblems(tree, "e2")).toEqual([]);
      expect(tree.spans).toHaveLength(13);
      expect(tree.roots.map(({ name }) => name)).toEqual([SPAN.RECEIVE_TICK]);
    }
  });

  it("is not whole without any one of its steps, but for the acknowledgement, which a fill may overtake", () => {
    const spans = wholeTrace();
    for (const left of spans) {
      const problems = fillProblems(treeOf(spans.filter((span) => span !== left)), "e1");
      const may = left.name === SPAN.ORDER_ACK || left.attributes["hedgelock.execution.id"] === "e2";
      expect(problems.length > 0, left.name).toBe(!may);
    }
  });

  it.each([
    ["a span of another trace", { traceId: "c".repeat(32) }, "spans of more than one trace"],
    ["a second beginning", { spanId: "00000000000000ee" }, "2 beginnings: receive tick, receive tick"],
  ])("is not whole with %s", (_what, changes, problem) => {
    const [first] = wholeTrace();
    if (first === undefined) throw new Error("no span");
    const odd = { ...first, spanId: "00000000000000ee", ...changes };
    expect(fillProblems(treeOf([...wholeTrace(), odd]), "e1")).toContain(problem);
  });

  it("is not whole with a step in the wrong place, or two spans for one fill", () => {
    const wrong = hedgerSpan(SPAN.POSTCONDITION, 1010, 1003);
    expect(treeProblems(treeOf([...wholeTrace(), wrong]))).toEqual([
      "'postcondition' 00000000000003f2 stands under 'order/create'",
    ]);
    const twice = hedgerSpan(SPAN.FILL, 1011, 1003, { "hedgelock.execution.id": "e1" });
    expect(fillProblems(treeOf([...wholeTrace(), twice]), "e1")).toEqual(["2 spans for the fill e1"]);
  });

  it("of an unknown fill, and of nothing, is not whole", () => {
    expect(fillProblems(treeOf(wholeTrace()), "e9")).toEqual(["no span for the fill e9"]);
    expect(treeProblems(treeOf([]))).toEqual(["no spans"]);
  });
});

describe("the beginning of a trace", () => {
  it("may be a snapshot, and a decision without a known message begins a trace of its own", () => {
    const snapshot = { ...CAUSE, subject: "acct.3.alice.loan", publishTimeUs: 0 };
    const spans = messageSpans({ ...snapshot, traceId: TRACE_ID, storedTimeUs: 0, reason: "first", rebuilt: true });
    expect(spans.map(({ name, startUs, endUs }) => [name, endUs - startUs])).toEqual([
      [SPAN.RECEIVE_SNAPSHOT, 0],
      [SPAN.PUBLISH_SNAPSHOT, 0],
    ]);
    const own = {
      traceId: TRACE_ID,
      spanId: "00000000000000d1",
      account: "a",
      partitions: 16,
      version: 1,
      cause: undefined,
    };
    const times = { decidedTimeUs: T0, preparedTimeUs: 0, storedTimeUs: 0 };
    const decision = decisionSpans({
      ...own,
      ...times,
      messageId: "",
      reason: "first",
      facts: {},
      links: [],
      rebuilt: false,
    });
    expect(treeProblems(treeOf(decision))).toEqual([]);
    expect(decision.map(({ name }) => name)).toEqual([SPAN.DECIDE, SPAN.PUBLISH_DECISION]);
  });
});
