import { isSubjectToken } from "@hedgelock/contracts";
import { tracingConfig } from "@hedgelock/telemetry";
import { venueConfig } from "@hedgelock/venue";
import { z } from "zod";

const token = z.string().refine(isSubjectToken, "use 1 to 64 of the characters A-Z a-z 0-9 _ -");

const instrument = z.strictObject({ category: z.enum(["linear", "inverse", "spot"]), symbol: token });

function areDistinct(keys: readonly string[]): boolean {
  return new Set(keys).size === keys.length;
}

/** Configuration of the collector; every key is documented in its README. */
export const collectorConfig = z.strictObject({
  nats: z.strictObject({
    servers: z.array(z.string().min(1)).min(1),
    user: z.string().min(1).optional(),
    /** A file with the password alone; never the password itself. */
    passwordFile: z.string().min(1).optional(),
  }),
  venue: venueConfig,
  instruments: z
    .array(instrument)
    .min(1)
    .refine((list) => areDistinct(list.map((one) => `${one.category}:${one.symbol}`)), "an instrument is listed twice"),
  accounts: z
    .array(z.strictObject({ account: token, keyFile: z.string().min(1) }))
    .default([])
    .refine((list) => areDistinct(list.map((one) => one.account)), "an account is listed twice"),
  loanPollMs: z.int().min(250).max(60_000).default(1_000),
  snapshotPollMs: z.int().min(1_000).max(600_000).default(30_000),
  heartbeatMs: z.int().min(100).max(60_000).default(1_000),
  tracing: tracingConfig,
});
export type CollectorConfig = z.infer<typeof collectorConfig>;
