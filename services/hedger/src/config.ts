import { isSubjectToken } from "@hedgelock/contracts";
import { tracingConfig } from "@hedgelock/telemetry";
import { venueConfig } from "@hedgelock/venue";
import { z } from "zod";

const token = z.string().refine(isSubjectToken, "use 1 to 64 of the characters A-Z a-z 0-9 _ -");
const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'write a decimal string such as "0.001"')
  .refine((text) => Number(text) > 0, "must be above 0");

/** Basis points: one hundredth of a percent. 1000 is 10 %, further than any budget should reach. */
const basisPoints = z.number().gt(0).max(1000);

const limits = z
  .strictObject({
    /** Base quantities by symbol; a symbol that is not here is not traded. */
    perSymbol: z
      .record(token, z.strictObject({ minOrderQty: quantity.optional(), maxOrderQty: quantity, maxDayQty: quantity }))
      .refine((entries) => Object.keys(entries).length > 0, "name at least one symbol"),
    maxOrdersPerMinute: z.int().min(1).max(200).default(20),
    slippageBps: basisPoints.default(50),
    hardCapBps: basisPoints.default(200),
  })
  .refine((value) => value.hardCapBps >= value.slippageBps, {
    message: "hardCapBps must not be below slippageBps",
    path: ["hardCapBps"],
  });

/** Configuration of the hedger, validated once; unknown keys are refused. */
export const hedgerConfig = z.strictObject({
  nats: z.strictObject({
    servers: z.array(z.string().min(1)).min(1),
    user: z.string().min(1).optional(),
    /** A file with the password alone; never the password itself. */
    passwordFile: z.string().min(1).optional(),
  }),
  venue: venueConfig,
  accounts: z
    .array(z.strictObject({ account: token, keyFile: z.string().min(1) }))
    .min(1)
    .refine((list) => new Set(list.map((one) => one.account)).size === list.length, "an account is listed twice"),
  limits,
  maxDecisionAgeMs: z.int().min(100).max(600_000).default(5_000),
  /** How long after its signing time the venue still takes an order: the fence for a process that froze. */
  recvWindowMs: z.int().min(500).max(60_000).default(5_000),
  tracing: tracingConfig,
});
export type HedgerConfig = z.infer<typeof hedgerConfig>;
