import type { StoredSpan } from "@hedgelock/telemetry";

/** Where finished traces can be read. */
export interface TraceSource {
  /** For people: "files in …", "Jaeger at …". */
  readonly where: string;
  /** Every span of these traces, by trace id; a trace that is not there is left out. */
  traces(traceIds: readonly string[]): Promise<ReadonlyMap<string, readonly StoredSpan[]>>;
  /** The `hedge` spans of an order link id or an account, in no particular order. */
  hedges(wanted: { readonly linkId: string } | { readonly account: string }): Promise<readonly StoredSpan[]>;
}
