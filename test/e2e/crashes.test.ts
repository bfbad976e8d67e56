import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CRASHES } from "@hedgelock/prices";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { reportSchema } from "../../services/cli/src/report/schema.ts";
import type { Report } from "../../services/cli/src/report/schema.ts";
import { exists, hedgelock, processesNaming, runFolder } from "./support/hedgelock.ts";

/** The recordings pass this much faster than in the demo, so that all of them fit into the suite. */
const SPEED = ["--speed", "20", "--ticks-per-second", "800"];

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-e2e-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function readReport(path: string): Promise<Report> {
  return reportSchema.parse(JSON.parse(await readFile(path, "utf8")));
}

describe.each(CRASHES.map((crash) => ({ crash, name: crash.name })))("the recorded crash $name", ({ crash }) => {
  it("is hedged by the whole pipeline, and every fill is accounted for", async () => {
    const path = join(folder, `${crash.name}.json`);
    const traces = join(folder, `${crash.name}-traces`);
    const run = hedgelock(["start", "--exit", "--prices", crash.name, ...SPEED, "--report", path, "--traces", traces]);
    const at = await runFolder(run);
    const status = await run.exited();
    const output = `${run.lines.join("\n")}\n${run.errorText()}`;
    expect(output).toContain("Report written to");
    const report = await readReport(path);

    expect(report.findings, output).toEqual([]);
    expect(report.totals).toEqual({ duplicateHedges: 0, lostHedges: 0, orphanOrders: 0, unresolvedIntents: 0 });
    expect(report.traces.holes, output).toEqual([]);
    expect(status, output).toBe(0);

    expect(report.prices.series.map((series) => series.symbol)).toEqual(crash.series.map((series) => series.symbol));
    expect(report.ticks.published).toBeGreaterThan(1000);
    expect(report.ticks.evaluated).toBe(report.ticks.published);
    expect(report.traces.fills).toBeGreaterThan(0);
    expect(report.traces.complete).toBe(report.traces.fills);
    const { fills } = report.traces;
    expect(report.traces.spans, output).toEqual({ fills, complete: fills, incomplete: 0, holes: [] });
    expect(report.accounts).toHaveLength(3);
    const states = new Set(report.accounts.flatMap((account) => account.states.map((change) => change.to)));
    expect([...states]).toEqual(expect.arrayContaining(["DANGER", "CRITICAL"]));
    // The account that starts highest is hedged: it comes through the fall with more than it would have had.
    const third = report.accounts[2];
    expect(third?.fills).toBeGreaterThan(0);
    expect(Number(third?.lowestEquityUsd.hedged)).toBeGreaterThan(Number(third?.lowestEquityUsd.unhedged));
    for (const { n, p50 } of Object.values(report.latencyMs)) {
      expect(n).toBeGreaterThan(0);
      expect(p50).toBeGreaterThanOrEqual(0);
    }

    expect(await exists(at)).toBe(false);
    expect(await processesNaming(at)).toEqual([]);
  });
});

describe("many accounts at a high rate", () => {
  it("leaves all four totals at 0", async () => {
    const path = join(folder, "many.json");
    const window = ["--from", "2025-10-10T20:45", "--to", "2025-10-10T21:30"];
    const run = hedgelock([
      "start",
      "--exit",
      "--accounts",
      "50",
      "--ticks-per-second",
      "1000",
      "--speed",
      "4",
      ...window,
      "--report",
      path,
    ]);
    const status = await run.exited();
    const output = `${run.lines.slice(-60).join("\n")}\n${run.errorText()}`;
    const report = await readReport(path);
    expect(report.findings, output).toEqual([]);
    expect(report.traces.holes, output).toEqual([]);
    expect(status, output).toBe(0);
    expect(report.accounts).toHaveLength(50);
    expect(report.ticks.evaluated).toBe(report.ticks.published);
  });
});
