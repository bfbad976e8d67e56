import type { SpanRecord } from "../span-record.ts";

/** What became of a batch. With `retry` it may be offered again; without, it never will be taken. */
export type ExportOutcome =
  | { readonly kind: "stored" }
  | { readonly kind: "failed"; readonly reason: string; readonly retry: boolean };

/** Where spans go. */
export interface SpanSink {
  /** Never rejects, and answers within seconds whatever the other side does. */
  export(spans: readonly SpanRecord[]): Promise<ExportOutcome>;
  close(): Promise<void>;
}
