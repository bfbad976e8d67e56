import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { CRASHES } from "@hedgelock/prices";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { reportSchema } from "../../services/cli/src/report/schema.ts";
import type { Report } from "../../services/cli/src/report/schema.ts";
import { findJaeger } from "../../services/cli/src/tracing/find-jaeger.ts";
import { hedgelock, processesNaming, runFolder } from "../e2e/support/hedgelock.ts";
import { until } from "../support/until.ts";

const SPEED = ["--speed", "20", "--ticks-per-second", "400"];

let folder = "";
beforeAll(async () => {
  // Without a Jaeger there is nothing to test here, and that is said, not skipped over.
  await findJaeger(process.env);
  folder = await mkdtemp(join(tmpdir(), "hedgelock-jaeger-"));
});
afterAll(async () => {
  if (folder !== "") await rm(folder, { recursive: true, force: true });
});

async function readReport(path: string): Promise<Report> {
  return reportSchema.parse(JSON.parse(await readFile(path, "utf8")));
}

describe.each(CRASHES.map(({ name }) => ({ name })))("the recorded crash $name", ({ name }) => {
  it("has every fill's trace whole in a real Jaeger", async () => {
    const path = join(folder, `${name}.json`);
    const run = hedgelock(["start", "--exit", "--prices", name, ...SPEED, "--report", path, "--jaeger"]);
    const at = await runFolder(run);
    const status = await run.exited();
    const output = `${run.lines.join("\n")}\n${run.errorText()}`;
    expect(status, output).toBe(0);
    const { traces, findings } = await readReport(path);
    expect(findings, output).toEqual([]);
    expect(traces.fills).toBeGreaterThan(0);
    expect(traces.spans, output).toEqual({ fills: traces.fills, complete: traces.fills, incomplete: 0, holes: [] });
    expect(await processesNaming(at)).toEqual([]);
  });
});

const span = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
});
const answer = z.object({
  result: z.object({
    resourceSpans: z.array(z.looseObject({ scopeSpans: z.array(z.looseObject({ spans: z.array(span).default([]) })) })),
  }),
});

describe("a running stack with Jaeger", () => {
  it("shows a hedge's trace by Jaeger's stable API, without complaints of Jaeger's, and by hedgelock trace", async () => {
    const run = hedgelock([
      "start",
      "--exit",
      "--ticks-per-second",
      "50",
      "--jaeger",
      "--report",
      join(folder, "r.json"),
    ]);
    try {
      const url = /UI and API (\S+),/.exec(await run.line(/traces go to Jaeger/))?.[1] ?? "";
      const [, account = "", traceId = ""] =
        /verified +(\S+).*trace=([0-9a-f]{32})/.exec(await run.line(/verified /)) ?? [];
      let text = "";
      await until("the trace is in Jaeger", async () => {
        const response = await fetch(`${url}/api/v3/traces/${traceId}`);
        text = await response.text();
        return response.ok && text.includes('"postcondition"') && text.includes('"receive ');
      });
      // Jaeger also notes, in the stored span, that a parent had not arrived yet when we asked: that is our asking.
      expect(text).not.toMatch(/Negative duration|clock skew adjustment disabled/);
      const json: unknown = JSON.parse(text);
      const spans = answer
        .parse(json)
        .result.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
      expect(new Set(spans.map((one) => one.traceId))).toEqual(new Set([traceId]));
      const ids = new Set(spans.map((one) => one.spanId));
      const roots = spans.filter((one) => one.parentSpanId === undefined || one.parentSpanId === "");
      expect(roots.map((one) => one.name.split(" ", 1)[0])).toEqual(["receive"]);
      for (const one of spans) if (!roots.includes(one)) expect(ids).toContain(one.parentSpanId);

      const shown = hedgelock(["trace", account, "--jaeger", url]);
      expect(await shown.exited()).toBe(0);
      expect(shown.lines.join("\n")).toContain("postcondition");
    } finally {
      run.kill("SIGTERM");
      await run.exited();
    }
  });
});
