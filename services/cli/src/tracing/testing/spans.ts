import { SPAN } from "@hedgelock/telemetry";
import type { StoredSpan } from "@hedgelock/telemetry";

export const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const LINK_ID = "hl-1romz4n1vj4gn2-1";
/** 2026-08-01T16:00:00Z. */
export const T0_US = 1_785_600_000_000_000;

const hex = (number: number): string => number.toString(16).padStart(16, "0");

function step(
  id: number,
  parent: number,
  name: string,
  service: string,
  times: readonly [startMs: number, endMs: number],
  attributes: StoredSpan["attributes"] = {},
): StoredSpan {
  return {
    traceId: TRACE_ID,
    spanId: hex(id),
    ...(parent === 0 ? {} : { parentSpanId: hex(parent) }),
    name,
    service,
    kind: "INTERNAL",
    startUs: T0_US + times[0] * 1000,
    endUs: T0_US + times[1] * 1000,
    attributes,
  };
}

/** One fill's whole trace, as it is read back. The postcondition waits half a minute for position data. */
export function aTrace(): readonly StoredSpan[] {
  const order = { "hedgelock.account": "alice", "hedgelock.order.link_id": LINK_ID, "hedgelock.symbol": "BTCUSDT" };
  return [
    step(1, 0, SPAN.RECEIVE_TICK, "collector", [0, 0.1]),
    step(2, 1, SPAN.PUBLISH_TICK, "collector", [0.1, 1], { "messaging.destination.name": "md.bybit.spot.BTCUSDT" }),
    step(3, 2, SPAN.PROCESS_TICK, "risk", [0.6, 0.9], { "messaging.destination.name": "md.bybit.spot.BTCUSDT" }),
    step(4, 3, SPAN.DECIDE, "risk", [0.7, 0.9], {
      "hedgelock.risk.state": "DANGER",
      "hedgelock.risk.previous_state": "CAUTION",
      "hedgelock.risk.effective_ltv": "0.78123",
    }),
    step(5, 4, SPAN.PUBLISH_DECISION, "risk", [0.9, 2], { "messaging.destination.name": "risk.3.alice" }),
    step(6, 5, SPAN.PROCESS_DECISION, "hedger", [1.5, 2], { "messaging.destination.name": "risk.3.alice" }),
    step(7, 6, SPAN.HEDGE, "hedger", [2, 30_010], {
      ...order,
      "hedgelock.order.side": "Sell",
      "hedgelock.order.qty": "0.25",
      "hedgelock.order.filled_qty": "0.25",
      "hedgelock.order.state": "VERIFIED",
    }),
    step(8, 7, SPAN.APPEND_INTENT, "hedger", [2, 3.5], { "messaging.destination.name": "hedge.3.alice" }),
    step(9, 7, SPAN.SEND_ORDER, "hedger", [3.5, 8], order),
    step(10, 9, SPAN.ORDER_ACK, "hedger", [4, 8], order),
    step(11, 9, SPAN.FILL, "hedger", [4, 10], {
      ...order,
      "hedgelock.execution.id": "exec-1",
      "hedgelock.execution.qty": "0.25",
      "hedgelock.execution.price": "60000",
    }),
    step(12, 7, SPAN.POSTCONDITION, "hedger", [10, 30_010], { ...order, "hedgelock.postcondition.satisfied": true }),
  ];
}
