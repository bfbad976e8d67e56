import { connectBus } from "@hedgelock/bus";
import { prometheusMetrics, silentLogger, systemClock, systemRandom, systemTimers } from "@hedgelock/runtime";

import { audit, type AuditResult } from "../../../services/cli/src/audit/audit.ts";
import { ledgerEvent } from "../../../services/cli/src/audit/ledger-event.ts";
import { readHistory } from "../../../services/cli/src/feed/bus-feed.ts";
import { paperAdmin, type PaperAdmin } from "../../../services/cli/src/feed/paper-admin.ts";
import type { TracedFill } from "../../../services/cli/src/tracing/span-audit.ts";
import type { ClusterEnvironment } from "./environment.ts";
import type { Kubectl } from "./kubectl.ts";
import { portForward } from "./port-forward.ts";

/** Password of the reader in the development profile (charts/nats/values.yaml). */
const READER = { user: "observer", password: "dev-observer" };
/** A hedger that was killed or upgraded has this long to come back and finish: what lasts longer is a lost hedge. */
const HEDGE_DEADLINE_MS = { caution: 90_000, other: 45_000 } as const;
const CLOSE_MS = 2_000;

/** The books of a run, and what the auditor says of them. */
export interface Audited {
  readonly result: AuditResult;
  /** What the exchange filled, each with the trace that the ledger says it belongs to. */
  readonly fills: readonly TracedFill[];
  readonly orders: number;
}

/** Calls the administration of the paper exchange, which only answers within its own pod. */
export async function withPaper<T>(
  environment: ClusterEnvironment,
  kubectl: Kubectl,
  use: (paper: PaperAdmin) => Promise<T>,
): Promise<T> {
  await using forward = await portForward(environment.kubectl, kubectl.namespace, "deployment/hedgelock-paper", 8090);
  return await use(paperAdmin(`http://127.0.0.1:${forward.port}`, systemTimers));
}

async function withReader<T>(
  environment: ClusterEnvironment,
  kubectl: Kubectl,
  use: (bus: Awaited<ReturnType<typeof connectBus>>) => Promise<T>,
): Promise<T> {
  await using forward = await portForward(environment.kubectl, kubectl.namespace, "statefulset/hedgelock-nats", 4222);
  const bus = await connectBus({
    servers: [`nats://127.0.0.1:${forward.port}`],
    name: READER.user,
    ...READER,
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom(),
    log: silentLogger,
    metrics: prometheusMetrics("cli"),
  });
  try {
    return await use(bus);
  } finally {
    await bus.close(CLOSE_MS);
  }
}

/** Reads the exchange's own book, the ledger and the decisions, and has them compared. */
export async function auditRun(environment: ClusterEnvironment, kubectl: Kubectl): Promise<Audited> {
  const history = await withReader(environment, kubectl, readHistory);
  const [orders, executions, accounts] = await withPaper(environment, kubectl, async (paper) =>
    Promise.all([paper.orders(), paper.executions(), paper.accounts()]),
  );
  const result = audit({
    ...history,
    orders,
    executions,
    loans: accounts.map(({ account, liquidatedAtMs }) => ({ account, liquidatedAtMs })),
    endedAtMs: systemClock.nowMs(),
    rules: { lotSize: { BTCUSDT: "0.001" }, hedgeDeadlineMs: HEDGE_DEADLINE_MS },
  });
  const traceIds = new Map(
    history.ledger.flatMap(({ record }) => {
      const linkId = ledgerEvent(record).intentOpened?.linkId;
      return linkId === undefined ? [] : [[linkId, record.traceId] as const];
    }),
  );
  const fills = executions
    .filter(({ execType, linkId }) => execType === "Trade" && linkId !== "")
    .map(({ account, execId, linkId }) => ({ account, execId, linkId, traceId: traceIds.get(linkId) ?? "" }));
  return { result, fills, orders: orders.length };
}
