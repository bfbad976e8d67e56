import type { AttributeName } from "./attributes.ts";

/** Kinds of spans, as OpenTelemetry has them. */
export type SpanKindName = "INTERNAL" | "CLIENT" | "PRODUCER" | "CONSUMER";

/** Names of our spans: `{operation} {destination template}` for messages, the method for calls of the venue, else a word of the domain. */
export const SPAN = {
  RECEIVE_TICK: "receive tick",
  RECEIVE_SNAPSHOT: "receive snapshot",
  PUBLISH_TICK: "publish md.{venue}.{category}.{symbol}",
  PUBLISH_SNAPSHOT: "publish acct.{partition}.{account}.{kind}",
  PROCESS_TICK: "process md.{venue}.{category}.{symbol}",
  PROCESS_SNAPSHOT: "process acct.{partition}.{account}.{kind}",
  DECIDE: "decide",
  PUBLISH_DECISION: "publish risk.{partition}.{account}",
  PROCESS_DECISION: "process risk.{partition}.{account}",
  HEDGE: "hedge",
  APPEND_INTENT: "publish hedge.{partition}.{account}",
  SEND_ORDER: "order/create",
  ORDER_ACK: "order ack",
  FILL: "fill",
  POSTCONDITION: "postcondition",
  REFUSE: "refuse",
} as const;

/** Name of a registered span. */
export type SpanName = (typeof SPAN)[keyof typeof SPAN];

/** One kind of step in a trace. */
export interface SpanSpec {
  /** Service whose step it is: becomes `service.name`, whoever builds the span. */
  readonly service: "collector" | "risk" | "hedger";
  readonly kind: SpanKindName;
  /** What it may stand under. */
  readonly parents: readonly SpanName[];
  /** It may begin a trace. */
  readonly isRoot: boolean;
  /** From when to when, and what it means. */
  readonly description: string;
  readonly attributes: readonly AttributeName[];
}

const MESSAGE = [
  "messaging.system.name",
  "messaging.operation.name",
  "messaging.operation.type",
  "messaging.destination.name",
  "messaging.destination.template",
  "messaging.message.id",
  "hedgelock.trace.rebuilt",
] as const satisfies readonly AttributeName[];

const EXCHANGE_EVENT = ["hedgelock.exchange.seq", "hedgelock.exchange.time_ms", "hedgelock.trace.reason"] as const;
const ACCOUNT_MESSAGE = [...MESSAGE, "messaging.destination.partition.id", "hedgelock.account"] as const;
const INTENT = ["hedgelock.account", "hedgelock.symbol", "hedgelock.order.link_id"] as const;

/** Every span there is. docs/tracing.md holds this as a table. */
export const SPANS: Readonly<Record<SpanName, SpanSpec>> = {
  [SPAN.RECEIVE_TICK]: {
    service: "collector",
    kind: "CONSUMER",
    parents: [],
    isRoot: true,
    description: "The exchange's frame arrived, until the tick was handed to the bus: parsing, merging, encoding",
    attributes: [...MESSAGE, ...EXCHANGE_EVENT, "hedgelock.venue", "hedgelock.symbol"],
  },
  [SPAN.RECEIVE_SNAPSHOT]: {
    service: "collector",
    kind: "CONSUMER",
    parents: [],
    isRoot: true,
    description: "An account surface arrived, until its snapshot was handed to the bus",
    attributes: [...ACCOUNT_MESSAGE, ...EXCHANGE_EVENT],
  },
  [SPAN.PUBLISH_TICK]: {
    service: "collector",
    kind: "PRODUCER",
    parents: [SPAN.RECEIVE_TICK],
    isRoot: false,
    description:
      "The tick was handed to the bus, until it was acknowledged; of no length when the acknowledgement is not known",
    attributes: [...MESSAGE, "hedgelock.venue", "hedgelock.symbol"],
  },
  [SPAN.PUBLISH_SNAPSHOT]: {
    service: "collector",
    kind: "PRODUCER",
    parents: [SPAN.RECEIVE_SNAPSHOT],
    isRoot: false,
    description: "The snapshot was handed to the bus, until it was acknowledged",
    attributes: ACCOUNT_MESSAGE,
  },
  [SPAN.PROCESS_TICK]: {
    service: "risk",
    kind: "CONSUMER",
    parents: [SPAN.PUBLISH_TICK],
    isRoot: false,
    description: "The risk engine took the tick, until the evaluation of the account was done",
    attributes: [...MESSAGE, "hedgelock.trace.reason", "hedgelock.account"],
  },
  [SPAN.PROCESS_SNAPSHOT]: {
    service: "risk",
    kind: "CONSUMER",
    parents: [SPAN.PUBLISH_SNAPSHOT],
    isRoot: false,
    description: "The risk engine took the snapshot, until the evaluation of the account was done",
    attributes: [...ACCOUNT_MESSAGE, "hedgelock.trace.reason"],
  },
  [SPAN.DECIDE]: {
    service: "risk",
    kind: "INTERNAL",
    parents: [SPAN.PROCESS_TICK, SPAN.PROCESS_SNAPSHOT],
    isRoot: true,
    description: "The account was evaluated, until the decision was written out; links lead to the other inputs",
    attributes: [
      "hedgelock.account",
      "hedgelock.decision.version",
      "hedgelock.decision.cause",
      "hedgelock.decision.reasons",
      "hedgelock.policy.version",
      "hedgelock.risk.state",
      "hedgelock.risk.previous_state",
      "hedgelock.risk.input_quality",
      "hedgelock.risk.effective_ltv",
      "hedgelock.hedge.targets",
      "hedgelock.trace.reason",
      "hedgelock.trace.rebuilt",
    ],
  },
  [SPAN.PUBLISH_DECISION]: {
    service: "risk",
    kind: "PRODUCER",
    parents: [SPAN.DECIDE],
    isRoot: false,
    description: "The decision's checked append, until it was acknowledged",
    attributes: [...ACCOUNT_MESSAGE, "hedgelock.decision.version"],
  },
  [SPAN.PROCESS_DECISION]: {
    service: "hedger",
    kind: "CONSUMER",
    parents: [SPAN.PUBLISH_DECISION],
    isRoot: true,
    description:
      "The hedger took the decision, until the intent it led to was opened, or refused: waiting in line, planning",
    attributes: [...ACCOUNT_MESSAGE, "hedgelock.decision.version", "hedgelock.order.link_id"],
  },
  [SPAN.HEDGE]: {
    service: "hedger",
    kind: "INTERNAL",
    parents: [SPAN.PROCESS_DECISION],
    isRoot: false,
    description: "The whole life of one intent: opened, until its postcondition was checked or it ended without a fill",
    attributes: [
      ...INTENT,
      "hedgelock.decision.version",
      "hedgelock.hedge.target_qty",
      "hedgelock.order.side",
      "hedgelock.order.qty",
      "hedgelock.order.limit_price",
      "hedgelock.order.reduce_only",
      "hedgelock.order.state",
      "hedgelock.order.filled_qty",
      "hedgelock.order.escalation",
      "error.type",
    ],
  },
  [SPAN.APPEND_INTENT]: {
    service: "hedger",
    kind: "PRODUCER",
    parents: [SPAN.HEDGE],
    isRoot: false,
    description: "The intent's record in the ledger, until it was known to be stored",
    attributes: [...ACCOUNT_MESSAGE, "hedgelock.order.link_id"],
  },
  [SPAN.SEND_ORDER]: {
    service: "hedger",
    kind: "CLIENT",
    parents: [SPAN.HEDGE],
    isRoot: false,
    description: "The order was given to the venue's API, until the venue was known to have it, or to have refused it",
    attributes: [
      ...INTENT,
      "rpc.system.name",
      "rpc.method",
      "server.address",
      "server.port",
      "error.type",
      "hedgelock.order.id",
      "hedgelock.order.attempts",
    ],
  },
  [SPAN.ORDER_ACK]: {
    service: "hedger",
    kind: "INTERNAL",
    parents: [SPAN.SEND_ORDER],
    isRoot: false,
    description: "The order's bytes were with the socket, until the first proof that the venue has it",
    attributes: INTENT,
  },
  [SPAN.FILL]: {
    service: "hedger",
    kind: "INTERNAL",
    parents: [SPAN.SEND_ORDER],
    isRoot: false,
    description: "One execution: the order was out, until the execution was known",
    attributes: [
      ...INTENT,
      "hedgelock.execution.id",
      "hedgelock.execution.qty",
      "hedgelock.execution.price",
      "hedgelock.execution.fee",
      "hedgelock.execution.time_ms",
    ],
  },
  [SPAN.POSTCONDITION]: {
    service: "hedger",
    kind: "INTERNAL",
    parents: [SPAN.HEDGE],
    isRoot: false,
    description: "The order was settled, until position data newer than its last fill was checked against the target",
    attributes: [
      ...INTENT,
      "hedgelock.postcondition.satisfied",
      "hedgelock.postcondition.position_qty",
      "hedgelock.postcondition.residual_qty",
      "hedgelock.postcondition.reason",
    ],
  },
  [SPAN.REFUSE]: {
    service: "hedger",
    kind: "INTERNAL",
    parents: [SPAN.PROCESS_DECISION],
    isRoot: false,
    description: "A limit or rule forbade the hedge; the ledger holds the refusal",
    attributes: [
      "hedgelock.account",
      "hedgelock.symbol",
      "hedgelock.decision.version",
      "hedgelock.refusal.rule",
      "hedgelock.refusal.detail",
    ],
  },
};
