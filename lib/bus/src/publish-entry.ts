import type { HedgeLockError } from "@hedgelock/runtime";
import type { MsgHdrs } from "@nats-io/transport-node";

/** How a send ended. */
export type SendResult =
  | { readonly kind: "stored"; readonly stream: string; readonly seq: number; readonly duplicate: boolean }
  /** The server answered no. */
  | { readonly kind: "refused"; readonly code: number; readonly description: string }
  /** No answer: stored or not, nobody here knows. */
  | { readonly kind: "lost"; readonly reason: string }
  /** Certainly not stored. */
  | { readonly kind: "failed"; readonly error: HedgeLockError };

/** A message on its way. */
export interface PublishEntry {
  readonly token: number;
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs;
  /** Sent again, under the same message id, until the deadline. */
  readonly retries: boolean;
  readonly startedUs: number;
  readonly deadlineMs: number;
  readonly settle: (result: SendResult) => void;
  /** When the sweep sends it again. */
  resendAtMs: number;
  /** The last thing that went wrong, for the error at the deadline. */
  trouble: string | undefined;
  /** The last answer was "no stream listens". */
  noStream: boolean;
}
