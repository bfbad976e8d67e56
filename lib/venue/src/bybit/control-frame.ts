import type { JsonObject } from "./json.ts";

/** A frame of a WebSocket that answers a request of ours. */
export interface ControlFrame {
  readonly kind: "pong" | "subscribe" | "unsubscribe" | "auth" | "other";
  readonly success: boolean;
  /** "" when the venue did not echo one. */
  readonly requestId: string;
  readonly message: string;
}

function textIn(frame: JsonObject, key: string): string {
  const value = frame[key];
  return typeof value === "string" ? value : "";
}

/**
 * Reads an answer. The public connections answer a ping with `{"op":"ping","ret_msg":"pong"}`, the private one with
 * `{"op":"pong"}`; success is a boolean on both, a code on the trade connection.
 */
export function readControlFrame(frame: JsonObject): ControlFrame {
  const op = textIn(frame, "op");
  const success = frame["success"] === true || frame["retCode"] === 0;
  const facts = {
    success,
    requestId: textIn(frame, "req_id"),
    message: textIn(frame, "ret_msg") || textIn(frame, "retMsg"),
  };
  switch (op) {
    case "ping":
    case "pong":
      return { kind: "pong", ...facts };
    case "subscribe":
    case "unsubscribe":
    case "auth":
      return { kind: op, ...facts };
    default:
      return { kind: "other", ...facts };
  }
}
