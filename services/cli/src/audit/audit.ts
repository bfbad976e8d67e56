import { duplicateHedges } from "./duplicate-hedges.ts";
import { countFindings } from "./findings.ts";
import type { Finding, FindingKind } from "./findings.ts";
import type { AuditInput } from "./input.ts";
import { intentHistories } from "./intent-history.ts";
import { lostHedges } from "./lost-hedges.ts";
import { orphanOrders } from "./orphan-orders.ts";
import { auditTraces } from "./traces.ts";
import type { TraceAudit } from "./traces.ts";
import { unresolvedIntents } from "./unresolved-intents.ts";

/** What the auditor says. */
export interface AuditResult {
  readonly totals: Readonly<Record<FindingKind, number>>;
  readonly findings: readonly Finding[];
  readonly traces: TraceAudit;
}

/**
 * Compares the exchange's own book of orders and executions with the ledger and the decisions. Shares no code with the
 * hedger: it knows the wire contracts and nothing of how an order comes about. Pure.
 */
export function audit(input: AuditInput): AuditResult {
  const histories = intentHistories(input.ledger);
  const findings = [
    ...duplicateHedges(input, histories),
    ...lostHedges(input),
    ...orphanOrders(input, histories),
    ...unresolvedIntents(histories),
  ];
  return { totals: countFindings(findings), findings, traces: auditTraces(input, histories) };
}

/** True when all four totals are 0 and every fill has a complete trace. */
export function invariantsHold(result: AuditResult): boolean {
  return result.findings.length === 0 && result.traces.incomplete.length === 0;
}
