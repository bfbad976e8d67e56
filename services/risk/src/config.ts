import { CATEGORIES, isSubjectToken } from "@hedgelock/contracts";
import { toDecimal } from "@hedgelock/finance";
import { tracingConfig } from "@hedgelock/telemetry";
import { z } from "zod";

import type { Asset } from "./domain/instrument.ts";
import { checkPolicy } from "./domain/policy-rules.ts";
import { POLICY_DEFAULTS } from "./domain/policy.ts";
import type { Policy } from "./domain/policy.ts";

const token = z.string().refine(isSubjectToken, "use 1 to 64 of the characters A-Z a-z 0-9 _ -");
const fraction = z.number().gt(0).lt(1);
const positiveDecimal = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'write a decimal string such as "0.001"')
  .refine((text) => Number(text) > 0, "must be above 0");
const durationMs = z.int().min(1);

const product = z.strictObject({ category: z.enum(CATEGORIES), symbol: token });

const defaults = POLICY_DEFAULTS;

/** The policy as an operator writes it; everything but the version and the smallest hedges has a default. */
const policySchema = z
  .strictObject({
    version: token,
    strategy: z.enum(["NR", "STEP"]).default(defaults.strategy),
    levels: z
      .strictObject({
        caution: fraction.default(defaults.levels.caution),
        danger: fraction.default(defaults.levels.danger),
        critical: fraction.default(defaults.levels.critical),
      })
      .prefault({}),
    exitMargin: z.number().min(0).lt(0.5).default(defaults.exitMargin),
    dwellMs: z.int().min(0).default(defaults.dwellMs),
    venueLines: z
      .strictObject({
        initial: fraction.default(defaults.venueLines.initial),
        marginCall: fraction.default(defaults.venueLines.marginCall),
        liquidation: z.number().gt(0).max(1).default(defaults.venueLines.liquidation),
      })
      .prefault({}),
    nr: z
      .strictObject({
        lo: fraction.default(defaults.nr.lo),
        hi: fraction.default(defaults.nr.hi),
        gain: z.number().gt(0).max(3).default(defaults.nr.gain),
        band: z.number().min(0).lt(0.5).default(defaults.nr.band),
        rebound: z.number().min(0).lt(1).default(defaults.nr.rebound),
      })
      .prefault({}),
    step: z
      .strictObject({
        caution: z.number().min(0).max(1).default(defaults.step.caution),
        danger: z.number().min(0).max(1).default(defaults.step.danger),
      })
      .prefault({}),
    minHedgeBaseQty: z.record(token, positiveDecimal),
    maxTickAgeMs: durationMs.default(defaults.maxTickAgeMs),
    maxAccountAgeMs: durationMs.default(defaults.maxAccountAgeMs),
    maxLoanAgeMs: durationMs.default(defaults.maxLoanAgeMs),
    maxStepMoveWithoutWitness: fraction.default(defaults.maxStepMoveWithoutWitness),
  })
  .superRefine((policy: Policy, context) => {
    for (const message of checkPolicy(policy).problems) context.addIssue({ code: "custom", message });
  });

/** Configuration of the risk engine, validated once; unknown keys are refused. */
export const riskConfig = z
  .strictObject({
    nats: z.strictObject({
      servers: z.array(z.string().min(1)).min(1),
      user: z.string().min(1).optional(),
      passwordFile: z.string().min(1).optional(),
    }),
    venueName: token.default("bybit"),
    instruments: z.array(z.strictObject({ base: token, hedge: product, price: product })).min(1),
    stableCoins: z.array(token).default(["USDT", "USDC"]),
    policy: policySchema,
    refreshMs: durationMs.default(1000),
    heartbeatMs: durationMs.default(1000),
    tracing: tracingConfig,
  })
  .superRefine(({ instruments, stableCoins, policy }, context) => {
    const bases = instruments.map((instrument) => instrument.base);
    for (const [index, base] of bases.entries()) {
      const path = ["instruments", index, "base"];
      if (bases.indexOf(base) !== index) context.addIssue({ code: "custom", path, message: `${base} is listed twice` });
      if (stableCoins.includes(base))
        context.addIssue({ code: "custom", path, message: `${base} is also a stable coin` });
      if (policy.minHedgeBaseQty[base] === undefined) {
        context.addIssue({
          code: "custom",
          path: ["policy", "minHedgeBaseQty", base],
          message: `the smallest hedge of ${base} is missing`,
        });
      }
    }
  });
export type RiskConfig = z.infer<typeof riskConfig>;

/** The assets of a validated configuration, in its order. */
export function assetsOf({ instruments, policy }: Pick<RiskConfig, "instruments" | "policy">): Asset[] {
  return instruments.map((instrument) => ({
    ...instrument,
    minHedgeQty: toDecimal(policy.minHedgeBaseQty[instrument.base] ?? "0"),
  }));
}
