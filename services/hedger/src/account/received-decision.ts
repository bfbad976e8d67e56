import type { Decision } from "@hedgelock/contracts";
import type { TraceContext } from "@hedgelock/telemetry";

/** A decision as it reached this process. */
export interface ReceivedDecision {
  readonly decision: Decision;
  readonly trace: TraceContext;
  /** Whether the message had that context in its header; else it was made up here. */
  readonly hasHeader: boolean;
  readonly receivedUs: number;
}
