import type { StoredMessage } from "@hedgelock/bus";
import { PoisonMessageError } from "@hedgelock/bus";
import { Decision, HEADER, HedgeRecord, Tick } from "@hedgelock/contracts";
import { errorText } from "@hedgelock/runtime";
import { parseTraceparent } from "@hedgelock/telemetry";

import type { DecisionEntry, LedgerEntry } from "../audit/input.ts";

function decode<Value>(message: StoredMessage, what: string, read: (payload: Uint8Array) => Value): Value {
  try {
    return read(message.payload);
  } catch (error) {
    throw new PoisonMessageError(`not a ${what}: ${errorText(error)}`);
  }
}

/** @throws PoisonMessageError */
export function decodeTick(message: StoredMessage): Tick {
  return decode(message, "tick", (payload) => Tick.decode(payload));
}

/** @throws PoisonMessageError */
export function decodeDecision(message: StoredMessage): DecisionEntry {
  const decision = decode(message, "decision", (payload) => Decision.decode(payload));
  return { seq: message.seq, traceId: parseTraceparent(message.headers[HEADER.TRACEPARENT])?.traceId ?? "", decision };
}

/** @throws PoisonMessageError */
export function decodeRecord(message: StoredMessage): LedgerEntry {
  return { seq: message.seq, record: decode(message, "ledger record", (payload) => HedgeRecord.decode(payload)) };
}
