import { z } from "zod";

/** Keys of every fault: when and how often it strikes. */
const common = {
  /** Name to remove it by; made up when absent. */
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  /** Of the fault's own random numbers: the same seed strikes the same of the same messages. */
  seed: z.int().min(0).max(4_294_967_295).default(1),
  /** Chance that it strikes a message that fits. */
  probability: z.number().min(0).max(1).default(1),
  /** Strikes this often at most. */
  times: z.int().min(1).optional(),
  /** Lets this many that fit pass first. */
  skip: z.int().min(0).default(0),
  /** Ends by itself after this time. */
  forMs: z.int().min(1).optional(),
  /** Only this account, by name or uid. */
  account: z.string().min(1).max(64).optional(),
};

/** A path such as "/v5/order/create"; a trailing "*" takes all that begin so. */
const pathPattern = z
  .string()
  .regex(/^\/[A-Za-z0-9/_-]*\*?$/, 'write a path, as in "/v5/order/create" or "/v5/order/*"');
const path = pathPattern.default("/v5/*");
/** A topic such as "orderbook.50.BTCUSDT", or "op:order.create" for an answer to a command; "*" as above. */
const topic = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9.:_-]*\*?$/, 'write a topic, as in "position", "orderbook.*" or "op:order.create"');
const channel = z.enum(["any", "linear", "spot", "inverse", "option", "status", "private", "trade"]).default("any");
const ms = z.int().min(1).max(3_600_000);
const seconds = z.number().min(0.001).max(86_400);
const scope = { channel, topic: topic.default("*") };

/** Every fault that can be put in. */
export const faultSpec = z.discriminatedUnion("kind", [
  /** Answers late; what was asked is done at once. */
  z.strictObject({ ...common, kind: z.literal("http_delay"), path, delayMs: ms }),
  /** Does what was asked and hangs up without an answer. */
  z.strictObject({ ...common, kind: z.literal("http_lost"), path, execute: z.boolean().default(true) }),
  /** Answers with an error, after doing what was asked or instead of it. Status 403 and 429 never do it. */
  z.strictObject({
    ...common,
    kind: z.literal("http_error"),
    path,
    execute: z.boolean().default(true),
    status: z.int().min(200).max(599).default(200),
    retCode: z.int().default(10016),
    retMsg: z.string().max(200).default("Server error"),
  }),
  /** 10006 with a reset time in the future. */
  z.strictObject({ ...common, kind: z.literal("rate_limit"), path, resetMs: ms.default(1000) }),
  /** The exchange's clock is off by this much: 10002 for whoever does not follow it. */
  z.strictObject({ ...common, kind: z.literal("clock_skew"), offsetMs: z.int().min(-3_600_000).max(3_600_000) }),
  /** Private reads show what was true so long ago. */
  z.strictObject({ ...common, kind: z.literal("stale_reads"), path, seconds }),
  /** Reads do not find orders younger than this. */
  z.strictObject({ ...common, kind: z.literal("order_not_found"), seconds }),
  /** Rows of histories (orders, executions, transactions, loans, transfers) appear this late. */
  z.strictObject({ ...common, kind: z.literal("late_history"), seconds }),
  /** Fields and enum words nobody has seen, or fields that are gone, in answers and messages. */
  z.strictObject({
    ...common,
    kind: z.literal("field"),
    path: pathPattern.optional(),
    channel,
    topic: topic.optional(),
    field: z.string().min(1).max(64),
    action: z.enum(["set", "remove"]),
    value: z.unknown().optional(),
  }),
  /** Cuts connections: those that are open, and new ones while it lasts. */
  z.strictObject({ ...common, kind: z.literal("ws_cut"), channel, refuseMs: z.int().min(0).max(3_600_000).default(0) }),
  /** Swallows messages; pongs go on. */
  z.strictObject({ ...common, kind: z.literal("ws_drop"), ...scope }),
  /** Holds messages back until the fault ends, then sends them in order; pongs go on. */
  z.strictObject({ ...common, kind: z.literal("ws_stall"), ...scope }),
  z.strictObject({ ...common, kind: z.literal("ws_delay"), ...scope, delayMs: ms }),
  z.strictObject({ ...common, kind: z.literal("ws_duplicate"), ...scope, copies: z.int().min(1).max(100).default(1) }),
  /** Collects messages of a connection and sends each lot in seeded disorder; what is left after `maxHoldMs` too. */
  z.strictObject({
    ...common,
    kind: z.literal("ws_shuffle"),
    ...scope,
    window: z.int().min(2).max(1000).default(4),
    maxHoldMs: ms.default(500),
  }),
  /** Leaves out a delta of a book: `u` jumps. */
  z.strictObject({ ...common, kind: z.literal("book_gap"), channel, topic: topic.default("orderbook.*") }),
  /** Sends a book whose best bid is above its best ask. */
  z.strictObject({ ...common, kind: z.literal("book_crossed"), channel, topic: topic.default("orderbook.*") }),
  /** A notice in system/status and on the status topic; ongoing ones also refuse private calls with 10016 if told so. */
  z.strictObject({
    ...common,
    kind: z.literal("maintenance"),
    title: z.string().min(1).max(200).default("planned release"),
    state: z.enum(["scheduled", "ongoing", "completed", "canceled"]).default("scheduled"),
    beginMs: z.int().min(0).optional(),
    endMs: z.int().min(0).optional(),
    refuse: z.boolean().default(false),
  }),
  /** Fewer levels with less in them: orders fill in part. */
  z.strictObject({
    ...common,
    kind: z.literal("thin_book"),
    symbol: z.string().min(1).max(32),
    levels: z.int().min(1).max(1000),
    lotsPerLevel: z.int().min(1).max(1_000_000_000),
  }),
  /** Transfers stay PENDING, or STATUS_UNKNOWN, this long. */
  z.strictObject({ ...common, kind: z.literal("slow_transfers"), delayMs: ms, unknown: z.boolean().default(false) }),
  /** Loan operations and their history rows take this long. */
  z.strictObject({ ...common, kind: z.literal("slow_loans"), delayMs: ms, historyDelayMs: z.int().min(0).default(0) }),
  /** Once, now: fills part of a resting order. */
  z.strictObject({
    ...common,
    kind: z.literal("fill_order"),
    account: z.string().min(1).max(64),
    category: z.enum(["linear", "inverse", "spot"]).default("linear"),
    symbol: z.string().min(1).max(32),
    orderId: z.string().min(1).max(64).optional(),
    orderLinkId: z.string().min(1).max(64).optional(),
    fraction: z.number().gt(0).max(1).default(0.5),
  }),
  /** Once, now: takes part of a position by auto-deleveraging. */
  z.strictObject({
    ...common,
    kind: z.literal("adl"),
    account: z.string().min(1).max(64),
    symbol: z.string().min(1).max(32),
    qty: z.string().regex(/^\d{1,12}(?:\.\d{1,8})?$/, 'write a plain decimal in quotes, as in "0.1"'),
  }),
  /** An order is filled just before its cancellation arrives: the cancellation is accepted, and Filled told twice. */
  z.strictObject({ ...common, kind: z.literal("cancel_fill_race") }),
]);

export type FaultSpec = z.infer<typeof faultSpec>;
export type FaultKind = FaultSpec["kind"];
/** A fault of one kind. */
export type FaultOf<Kind extends FaultKind> = Extract<FaultSpec, { readonly kind: Kind }>;

/** Whether `name` is `pattern`, or begins like it where it ends in "*". */
export function patternFits(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
