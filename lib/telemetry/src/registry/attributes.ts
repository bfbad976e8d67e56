/** Shape of an attribute's values. */
export type AttributeType = "string" | "int" | "boolean" | "string[]";

/** One attribute: what it holds and where its name comes from. */
export interface AttributeSpec {
  readonly type: AttributeType;
  readonly description: string;
}

function text(description: string): AttributeSpec {
  return { type: "string", description };
}
function int(description: string): AttributeSpec {
  return { type: "int", description };
}
function flag(description: string): AttributeSpec {
  return { type: "boolean", description };
}

/**
 * Every attribute that a span of ours may have. Names without `hedgelock.` are those of the OpenTelemetry semantic
 * conventions 1.45 (messaging and RPC; https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/).
 */
export const ATTRIBUTES = {
  "messaging.system.name": text("`nats`, or the exchange for what it pushes"),
  "messaging.operation.name": text("`receive`, `publish` or `process`"),
  "messaging.operation.type": text("`receive`, `send` or `process`"),
  "messaging.destination.name": text("Subject of the message"),
  "messaging.destination.template": text("Family of the subject: the low-cardinality part of the span name"),
  "messaging.destination.partition.id": text("Partition of the account"),
  "messaging.message.id": text("Identity of the message, as deduplication knows it"),
  "rpc.system.name": text("Venue whose API is called"),
  "rpc.method": text("Method of the venue's API"),
  "server.address": text("Host of the venue"),
  "server.port": int("Port of the venue"),
  "error.type": text("Word of the venue that ended the order without a whole fill: `Rejected`, `Cancelled`, …"),
  "hedgelock.venue": text("Venue of a tick"),
  "hedgelock.account": text("Account concerned"),
  "hedgelock.symbol": text("Instrument concerned"),
  "hedgelock.exchange.seq": int("The venue's cross sequence of the event"),
  "hedgelock.exchange.time_ms": int("The venue's time of the event, milliseconds since the epoch"),
  "hedgelock.trace.reason": text(
    "Why the trace was promoted: `state_change`, `target_change`, `hedge_due`, `refusal`, `outlier`, `baseline`, …",
  ),
  "hedgelock.trace.rebuilt": flag(
    "Built by another process than the one whose step it is, from the ids and times in its message or in the ledger",
  ),
  "hedgelock.decision.version": int("Version of the account's decision"),
  "hedgelock.decision.cause": text("`tick`, `snapshot`, or `time` when a dwell or an age ran out"),
  "hedgelock.decision.reasons": { type: "string[]", description: "Why the decision was written" },
  "hedgelock.policy.version": text("Policy it was made under"),
  "hedgelock.risk.state": text("State after the decision"),
  "hedgelock.risk.previous_state": text("State before it"),
  "hedgelock.risk.input_quality": text("`FRESH`, `STALE` or `UNKNOWN`"),
  "hedgelock.risk.effective_ltv": text("LTV that drives protection, as a fraction"),
  "hedgelock.hedge.targets": {
    type: "string[]",
    description: "`symbol=target` for each instrument, signed base quantity",
  },
  "hedgelock.hedge.target_qty": text("Position that the intent works towards, signed base quantity"),
  "hedgelock.order.link_id": text("Order link id: the intent's name in the ledger and at the venue"),
  "hedgelock.order.id": text("The venue's own order id"),
  "hedgelock.order.side": text("`Buy` or `Sell`"),
  "hedgelock.order.qty": text("Quantity ordered, base units"),
  "hedgelock.order.limit_price": text("Limit price"),
  "hedgelock.order.reduce_only": flag("May only reduce a position"),
  "hedgelock.order.attempts": int("How often the order was sent, always under the same link id"),
  "hedgelock.order.state": text("State of the intent when its spans were built"),
  "hedgelock.order.filled_qty": text("Quantity filled, base units"),
  "hedgelock.order.escalation": int("Earlier orders for the same target that ended short: each widens the price"),
  "hedgelock.execution.id": text("The venue's identity of the fill"),
  "hedgelock.execution.qty": text("Quantity of the fill, base units"),
  "hedgelock.execution.price": text("Price of the fill"),
  "hedgelock.execution.fee": text("Fee of the fill; empty when the venue did not tell"),
  "hedgelock.execution.time_ms": int("The venue's time of the fill, milliseconds since the epoch"),
  "hedgelock.postcondition.satisfied": flag("The position is inside the band that the decision asked for"),
  "hedgelock.postcondition.position_qty": text("Position found, signed base quantity"),
  "hedgelock.postcondition.residual_qty": text("What is missing to the target, signed base quantity"),
  "hedgelock.postcondition.reason": text("Why something is missing"),
  "hedgelock.refusal.rule": text("Limit or rule that forbade the hedge"),
  "hedgelock.refusal.detail": text("The figures behind it"),
} as const satisfies Readonly<Record<string, AttributeSpec>>;

/** Name of a registered attribute. */
export type AttributeName = keyof typeof ATTRIBUTES;
