import { z } from "zod";

/** Version of the report's shape: raised when a field changes its meaning or goes. docs/report.md describes every field. */
export const REPORT_SCHEMA_VERSION = 1;

const decimal = z.string().regex(/^-?\d+(?:\.\d+)?$/, "a decimal number as text");
const instant = z.iso.datetime();
const count = z.int().min(0);
const traceId = z.string().regex(/^(?:[0-9a-f]{32})?$/);

const percentilesSchema = z.strictObject({
  p50: z.number().min(0).nullable(),
  p99: z.number().min(0).nullable(),
  p999: z.number().min(0).nullable(),
  n: count,
});

const sideBySide = z.strictObject({ hedged: decimal, unhedged: decimal });

const stateChange = z.strictObject({
  at: instant,
  replayAt: instant.nullable(),
  from: z.enum(["NONE", "NORMAL", "CAUTION", "DANGER", "CRITICAL"]),
  to: z.enum(["NONE", "NORMAL", "CAUTION", "DANGER", "CRITICAL"]),
  ltv: decimal.nullable(),
  traceId,
});

const traceHole = z.strictObject({
  account: z.string(),
  execId: z.string(),
  linkId: z.string(),
  traceId,
  missing: z.array(z.string()).min(1),
});

const accountSchema = z.strictObject({
  account: z.string(),
  states: z.array(stateChange),
  startEquityUsd: sideBySide,
  lowestEquityUsd: sideBySide,
  finalEquityUsd: sideBySide,
  startLtv: decimal.nullable(),
  highestLtv: decimal.nullable(),
  loan: z.strictObject({
    outcome: z.enum(["open", "liquidated"]),
    liquidatedAt: instant.nullable(),
    liquidatedReplayAt: instant.nullable(),
  }),
  orders: count,
  fills: count,
  feesUsd: decimal,
  finalPositions: z.array(z.strictObject({ symbol: z.string(), qty: decimal })),
});

/** The report as it stands in the file. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  startedAt: instant,
  endedAt: instant,
  options: z.strictObject({ seed: count, ticksPerSecond: z.number().positive(), accounts: z.int().min(1) }),
  prices: z.strictObject({
    name: z.string().nullable(),
    from: instant,
    to: instant,
    series: z
      .array(z.strictObject({ symbol: z.string(), file: z.string(), first: decimal, lowest: decimal, last: decimal }))
      .min(1),
  }),
  ticks: z.strictObject({ published: count, evaluated: count }),
  accounts: z.array(accountSchema),
  totals: z.strictObject({
    duplicateHedges: count,
    lostHedges: count,
    orphanOrders: count,
    unresolvedIntents: count,
  }),
  findings: z.array(
    z.strictObject({
      kind: z.enum(["duplicateHedges", "lostHedges", "orphanOrders", "unresolvedIntents"]),
      account: z.string(),
      subject: z.string(),
      what: z.string(),
    }),
  ),
  latencyMs: z.strictObject({
    tickToDecision: percentilesSchema,
    decisionToOrder: percentilesSchema,
    tickToFill: percentilesSchema,
  }),
  traces: z.strictObject({
    fills: count,
    complete: count,
    incomplete: count,
    causes: z.strictObject({ tick: count, snapshot: count, time: count }),
    holes: z.array(traceHole),
    spans: z.strictObject({ fills: count, complete: count, incomplete: count, holes: z.array(traceHole) }).nullable(),
  }),
});

export type Report = z.infer<typeof reportSchema>;
export type AccountReport = Report["accounts"][number];
export type StateChange = AccountReport["states"][number];
export type StateName = StateChange["to"];
