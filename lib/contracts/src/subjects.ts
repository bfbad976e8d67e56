import { partitionOf } from "./partition.ts";
import { subjectToken } from "./token.ts";

/** Product families of the venue that we speak of. */
export const CATEGORIES = ["linear", "inverse", "spot"] as const;
export type Category = (typeof CATEGORIES)[number];

/** Surfaces of an account that the collector publishes. */
export const ACCOUNT_KINDS = ["wallet", "position", "loan"] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** `md.<venue>.<category>.<symbol>`: normalised ticks of one instrument. */
export function marketSubject(venue: string, category: Category, symbol: string): string {
  return `md.${subjectToken("venue", venue)}.${category}.${subjectToken("symbol", symbol)}`;
}

/** `acct.<p>.<account>.<kind>`: snapshots of one surface of one account. */
export function accountSubject(account: string, kind: AccountKind, partitions: number): string {
  return `acct.${partitionOf(account, partitions)}.${subjectToken("account", account)}.${kind}`;
}

/** `exec.<p>.<account>`: order updates and executions of one account. */
export function executionSubject(account: string, partitions: number): string {
  return `exec.${partitionOf(account, partitions)}.${subjectToken("account", account)}`;
}

/** `risk.<p>.<account>`: decisions for one account. */
export function riskSubject(account: string, partitions: number): string {
  return `risk.${partitionOf(account, partitions)}.${subjectToken("account", account)}`;
}

/** `hedge.<p>.<account>`: the intent ledger of one account. */
export function hedgeSubject(account: string, partitions: number): string {
  return `hedge.${partitionOf(account, partitions)}.${subjectToken("account", account)}`;
}

/** `dlq.<stream>`: messages of a stream that could not be handled. */
export function deadLetterSubject(stream: string): string {
  return `dlq.${subjectToken("stream", stream)}`;
}

/** `hb.<service>.<p>`: once a second on core NATS, not stored. */
export function heartbeatSubject(service: string, partition: number): string {
  return `hb.${subjectToken("service", service)}.${partition}`;
}

/** `trace.promote.<subject>`: on core NATS, asks whoever published on that subject for its part of a trace. */
export function tracePromoteSubject(subject: string): string {
  return `trace.promote.${subject}`;
}

/** Selects every {@link tracePromoteSubject}. */
export const TRACE_PROMOTE_FILTER = "trace.promote.>";

/** On core NATS: that part of a trace is built. */
export const TRACE_PROMOTED_SUBJECT = "trace.promoted";

/** The filter that selects every subject of a stream's family, or of one partition of it. */
export function partitionFilter(family: "acct" | "exec" | "risk" | "hedge", partition: number | "*"): string {
  return family === "acct" ? `acct.${partition}.*.*` : `${family}.${partition}.*`;
}

/** What a subject says. */
export type ParsedSubject =
  | { readonly family: "md"; readonly venue: string; readonly category: Category; readonly symbol: string }
  | { readonly family: "acct"; readonly partition: number; readonly account: string; readonly kind: AccountKind }
  | { readonly family: "exec" | "risk" | "hedge"; readonly partition: number; readonly account: string };

/** Reads a subject built by this file back; undefined when it is none of ours. */
export function parseSubject(subject: string): ParsedSubject | undefined {
  const tokens = subject.split(".");
  const [family, second, third, fourth] = tokens;
  if (family === "md" && tokens.length === 4 && second !== undefined && fourth !== undefined) {
    const category = CATEGORIES.find((name) => name === third);
    return category === undefined ? undefined : { family, venue: second, category, symbol: fourth };
  }
  if (second === undefined || third === undefined || !/^\d{1,4}$/.test(second)) return undefined;
  const partition = Number(second);
  if (family === "acct" && tokens.length === 4) {
    const kind = ACCOUNT_KINDS.find((name) => name === fourth);
    return kind === undefined ? undefined : { family, partition, account: third, kind };
  }
  if ((family === "exec" || family === "risk" || family === "hedge") && tokens.length === 3) {
    return { family, partition, account: third };
  }
  return undefined;
}
