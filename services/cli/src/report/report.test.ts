import { RiskState } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { audit } from "../audit/audit.ts";
import { ACCOUNT, ONE_HEDGE, at, decision, entry, intent, soundInput } from "../audit/testing/scenario.ts";
import { buildReport } from "./build.ts";
import type { RunFacts } from "./build.ts";
import { latencies } from "./latencies.ts";
import { reportSchema } from "./schema.ts";
import type { Report } from "./schema.ts";
import { reportText } from "./text.ts";

const FACTS: RunFacts = {
  startedAtMs: at(0),
  endedAtMs: at(60_000),
  options: { seed: 1, ticksPerSecond: 100, accounts: 1 },
  prices: {
    name: "oct-2025",
    from: "2025-10-10T14:00:00.000Z",
    to: "2025-10-10T23:00:00.000Z",
    series: [
      { symbol: "BTCUSDT", file: "data/prices/x.csv", first: "121662.28", lowest: "102497.48", last: "114100.4" },
    ],
  },
  ticks: { published: 1200, evaluated: 1200 },
  outcomes: [
    {
      account: ACCOUNT,
      startEquityUsd: { hedged: "60000.5", unhedged: "60000.5" },
      lowestEquityUsd: { hedged: "51000", unhedged: "41000" },
      finalEquityUsd: { hedged: "55000", unhedged: "1e4" },
      highestLtv: "0.9512",
      liquidatedAtMs: at(30_000),
      feesUsd: "16.5",
      finalPositions: [{ symbol: "BTCUSDT", qty: "-0.5" }],
    },
  ],
  startLtvs: new Map([[ACCOUNT, "0.79"]]),
  timeline: [
    [at(0), 1_760_130_000_000],
    [at(1000), 1_760_130_060_000],
  ],
  spans: undefined,
};

const STATES = [
  decision(2, { previousState: RiskState.RISK_STATE_NORMAL, effectiveLtv: "0.7612", reasons: ["state_change"] }),
  decision(500, { previousState: RiskState.RISK_STATE_DANGER, effectiveLtv: "0.77", reasons: ["refresh"] }),
];

function report(changes: Partial<Parameters<typeof soundInput>[0]> = {}): Report {
  const input = soundInput({ decisions: STATES, ...changes });
  return buildReport(FACTS, input, audit(input));
}

describe("report", () => {
  it("keeps the documented shape", () => {
    const built = report();
    expect(reportSchema.parse(JSON.parse(JSON.stringify(built)))).toEqual(built);
  });

  it("counts per account: states, orders, fills, equity side by side, the loan's end", () => {
    expect(report().accounts[0]).toEqual({
      account: ACCOUNT,
      states: [
        {
          at: new Date(at(2)).toISOString(),
          replayAt: "2025-10-10T21:00:00.120Z",
          from: "NORMAL",
          to: "DANGER",
          ltv: "0.7612",
          traceId: STATES[0]?.traceId,
        },
      ],
      startEquityUsd: { hedged: "60000.5", unhedged: "60000.5" },
      lowestEquityUsd: { hedged: "51000", unhedged: "41000" },
      finalEquityUsd: { hedged: "55000", unhedged: "10000" },
      startLtv: "0.79",
      highestLtv: "0.9512",
      loan: {
        outcome: "liquidated",
        liquidatedAt: new Date(at(30_000)).toISOString(),
        liquidatedReplayAt: "2025-10-10T21:01:00.000Z",
      },
      orders: 1,
      fills: 1,
      feesUsd: "16.5",
      finalPositions: [{ symbol: "BTCUSDT", qty: "-0.5" }],
    });
  });

  it("carries the auditor's totals, findings and holes in traces", () => {
    const broken = report({ ledger: ONE_HEDGE.filter((item) => item.seq !== 3) });
    expect(broken.totals).toEqual({ duplicateHedges: 0, lostHedges: 0, orphanOrders: 1, unresolvedIntents: 0 });
    expect(broken.findings[0]?.what).toContain("never booked");
    expect(broken.traces).toMatchObject({ fills: 1, complete: 0, incomplete: 1 });
    expect(reportSchema.safeParse(broken).success).toBe(true);
  });

  it("refuses a shape that is not the documented one", () => {
    expect(reportSchema.safeParse({ ...report(), schemaVersion: 2 }).success).toBe(false);
    expect(reportSchema.safeParse({ ...report(), surprise: 1 }).success).toBe(false);
  });

  it("reads well on a screen", () => {
    expect(reportText(report()).join("\n")).toMatchInlineSnapshot(`
      "Report: oct-2025, 2025-10-10T14:00 to 2025-10-10T23:00 UTC
        BTCUSDT 121,662 -> low 102,497 (-15.8 %) -> 114,100
        ticks published 1200, evaluated 1200

      Net worth in USD, with the hedge and without it:
        account   highest LTV        loan  lowest hedged  unhedged  final hedged  unhedged  orders  fills   fees      position
        acct-001       95.1 %  LIQUIDATED         51,000    41,000        55,000    10,000       1      1  16.50  -0.5 BTCUSDT

      States passed:
        acct-001  DANGER

      1 loan was liquidated at the exchange's line. A hedge keeps net worth; it does not lower the loan-to-value: for that
      its profit must be moved to the loan.

      By the auditor, who compares the exchange's own book with the ledger (each must be 0):
        duplicateHedges    0
        lostHedges         0
        orphanOrders       0
        unresolvedIntents  0

      Traces: 1 fill, 1 complete from tick to postcondition, 0 incomplete

      Latency, ms         p50   p99  p99.9  n
      tick -> decision   2.00  2.00   2.00  1
      decision -> order     -     -      -  0
      tick -> fill          -     -      -  0"
    `);
  });
});

describe("latencies", () => {
  it("counts decisions caused by ticks, and times of first orders", () => {
    const times = { decidedTimeUs: at(2) * 1000, tickReceiveTimeUs: at(0) * 1000, traceId: STATES[0]?.traceId ?? "" };
    const ledger = [
      entry(1, 3, { $case: "intentOpened", value: { linkId: "hl-one" } }, [intent(times)]),
      entry(2, 7, { $case: "acknowledged", value: { linkId: "hl-one", orderId: "1" } }, [
        intent({ ...times, sentTimeUs: at(4) * 1000 }),
      ]),
      entry(3, 8, undefined, [intent({ ...times, sentTimeUs: at(4) * 1000, firstFillTimeUs: at(9) * 1000 })]),
      entry(4, 9, undefined, [intent({ ...times, linkId: "hl-two", escalation: 1, sentTimeUs: at(900) * 1000 })]),
    ];
    expect(latencies(STATES, ledger)).toEqual({
      tickToDecision: { p50: 2, p99: 2, p999: 2, n: 1 },
      decisionToOrder: { p50: 2, p99: 2, p999: 2, n: 1 },
      tickToFill: { p50: 9, p99: 9, p999: 9, n: 1 },
    });
  });

  it("leaves out decisions that an account snapshot caused", () => {
    const [first] = STATES;
    const trigger = first?.decision.trigger;
    const snapshot = decision(2, {
      trigger: trigger === undefined ? undefined : { ...trigger, subject: "acct.3.acct-001.loan" },
    });
    expect(latencies([snapshot], []).tickToDecision.n).toBe(0);
  });
});
