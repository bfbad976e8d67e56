import type { Decision, Trigger } from "@hedgelock/contracts";
import type { TraceContext } from "@hedgelock/telemetry";

import type { AccountBook } from "./domain/book.ts";
import type { Published, Reason } from "./domain/material.ts";
import type { Memory } from "./domain/memory.ts";

/** A message that caused an evaluation, and the trace it belongs to; made once and shared by all accounts it concerns. */
export interface Cause {
  readonly trigger: Trigger;
  readonly traceparent: string | undefined;
}

/** One account as the engine holds it. The only mutable part of the engine besides the market. */
export interface AccountRuntime {
  readonly account: string;
  readonly subject: string;
  book: AccountBook;
  memory: Memory;
  published: Published | undefined;
  /** Stream sequence of the last decision known; 0 for none. */
  lastSeq: number;
  /** The newest message that was evaluated. */
  cause: Cause | undefined;
  /** An append or a reload is under way: nothing else may be written. */
  isBusy: boolean;
}

/** One decision about to be appended. */
export interface PreparedDecision {
  readonly decision: Decision;
  readonly payload: Uint8Array;
  readonly messageId: string;
  readonly context: TraceContext;
  /** What it will be compared with, and what it was compared with. */
  readonly published: Published;
  readonly previous: Published | undefined;
  /** A tick caused it, not a snapshot or a timer. */
  readonly isTickCaused: boolean;
  /** Never empty. */
  readonly reasons: readonly Reason[];
  /** When it was written out, microseconds since the epoch. */
  readonly preparedTimeUs: number;
  /** Why its trace is kept; undefined when it is not. */
  readonly traceReason: string | undefined;
}
