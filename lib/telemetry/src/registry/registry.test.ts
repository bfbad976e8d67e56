import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { silentLogger } from "@hedgelock/runtime";
import { describe, expect, it } from "vitest";

import { withRegistry } from "../docs/render-registry.ts";
import type { SpanRecord } from "../span-record.ts";
import { collectSpans, spanRecorder } from "../span-recorder.ts";
import { aSpan } from "../testing/spans.ts";
import { countingMetrics } from "../testing/counting-metrics.ts";
import { ATTRIBUTES } from "./attributes.ts";
import { problemsOf } from "./check-span.ts";
import { SPAN, SPANS } from "./spans.ts";

const PAGE = fileURLToPath(new URL("../../../../docs/tracing.md", import.meta.url));

/** What the types forbid and a mistaken cast could still bring about. */
function wrong(changes: Readonly<Record<string, unknown>>): SpanRecord {
  return Object.assign({}, aSpan(), changes);
}

describe("the registry", () => {
  it("takes a span that is as it says", () => {
    expect(problemsOf(aSpan())).toEqual([]);
  });

  it.each([
    [{ name: "receive tock" }, "the span name 'receive tock' is not registered"],
    [{ attributes: { "hedgelock.simbol": "x" } }, "'hedgelock.simbol' is not registered"],
    [{ attributes: { "hedgelock.refusal.rule": "x" } }, "'hedgelock.refusal.rule' is not registered for this span"],
    [{ attributes: { "hedgelock.symbol": 7 } }, "'hedgelock.symbol' must be string"],
    [{ attributes: { "hedgelock.exchange.seq": 0.5 } }, "'hedgelock.exchange.seq' must be int"],
    [{ name: SPAN.FILL, attributes: {} }, "'fill' has no parent; it stands under order/create"],
    [{ traceId: "0".repeat(32) }, "is no trace id"],
    [{ spanId: "ABCDEF0123456789" }, "is no span id"],
    [{ parentSpanId: "" }, "is no span id of a parent"],
  ])("refuses %j", (changes, problem) => {
    expect(() => collectSpans().record(wrong(changes))).toThrow(problem);
  });

  it("in production drops and counts what it refuses, and says it once for each name", () => {
    const lines: string[] = [];
    const metrics = countingMetrics();
    const passed: SpanRecord[] = [];
    const recorder = spanRecorder({
      push: (span) => passed.push(span),
      unregistered: metrics.counter("dropped", ""),
      log: { ...silentLogger, error: (event) => lines.push(event) },
    });
    recorder.record(wrong({ name: "x" }));
    recorder.record(wrong({ name: "x" }));
    recorder.record(aSpan());
    expect(passed).toEqual([aSpan()]);
    expect(metrics.value("dropped")).toBe(2);
    expect(lines).toEqual(["trace.span_unregistered"]);
  });

  it("lets every span stand in a tree that begins somewhere, and describes all it names", () => {
    const reachable = new Set(Object.entries(SPANS).flatMap(([name, { isRoot }]) => (isRoot ? [name] : [])));
    for (let grown = true; grown;) {
      grown = false;
      for (const [name, { parents }] of Object.entries(SPANS)) {
        if (reachable.has(name) || !parents.some((parent) => reachable.has(parent))) continue;
        reachable.add(name);
        grown = true;
      }
    }
    expect([...reachable].toSorted()).toEqual(Object.keys(SPANS).toSorted());
    const used = new Set<string>(Object.values(SPANS).flatMap(({ attributes }) => attributes));
    expect([...used].toSorted()).toEqual(Object.keys(ATTRIBUTES).toSorted());
    for (const { description } of [...Object.values(SPANS), ...Object.values(ATTRIBUTES)])
      expect(description).toMatch(/\S{3}/);
  });

  it("is what docs/tracing.md holds", async () => {
    await expect(withRegistry(await readFile(PAGE, "utf8"))).toMatchFileSnapshot(PAGE);
  });
});
