import { HedgeLockError, errorText } from "@hedgelock/runtime";
import { headers, type MsgHdrs } from "@nats-io/transport-node";

import { BUS_ERROR } from "./bus-error.ts";
import type { Headers } from "./port.ts";

/** Header names of JetStream that this package sets or reads. */
export const NATS_HEADER = {
  MESSAGE_ID: "Nats-Msg-Id",
  EXPECTED_LAST_SUBJECT_SEQUENCE: "Nats-Expected-Last-Subject-Sequence",
  TTL: "Nats-TTL",
  ROLLUP: "Nats-Rollup",
  MARKER_REASON: "Nats-Marker-Reason",
  KV_OPERATION: "KV-Operation",
  PENDING_MESSAGES: "Nats-Pending-Messages",
  LAST_CONSUMER: "Nats-Last-Consumer",
  SERVICE_ERROR: "Nats-Service-Error",
} as const;

const NONE: Headers = {};

/**
 * Builds the header block of a message.
 * @throws HedgeLockError BUS_INVALID_MESSAGE for a name or value that a header cannot have
 */
export function encodeHeaders(own: Headers | undefined, control: Headers): MsgHdrs {
  const block = headers();
  try {
    for (const name in own) block.append(name, own[name] ?? "");
    for (const name in control) block.append(name, control[name] ?? "");
  } catch (error) {
    throw new HedgeLockError(BUS_ERROR.INVALID_MESSAGE, `a message header cannot be sent: ${errorText(error)}`, {
      cause: error,
    });
  }
  return block;
}

/** One value a name: the first. */
export function decodeHeaders(block: MsgHdrs | undefined): Headers {
  if (block === undefined) return NONE;
  const out: Record<string, string> = {};
  for (const [name, values] of block) out[name] = values[0] ?? "";
  return out;
}
