import { readFile } from "node:fs/promises";

import { connectBus } from "@hedgelock/bus";
import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { ServiceDefinition } from "@hedgelock/runtime";

import { riskConfig } from "./config.ts";
import type { RiskConfig } from "./config.ts";
import { startRisk } from "./start-risk.ts";

async function passwordOf(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new HedgeLockError("RISK_PASSWORD_UNREADABLE", `cannot read nats.passwordFile ${file}: ${errorText(error)}`, {
      cause: error,
      exitStatus: 2,
    });
  }
}

/** The risk engine as a process. */
export const riskService: ServiceDefinition<RiskConfig> = {
  name: "risk",
  config: riskConfig,
  async start(context) {
    const { servers, user, passwordFile } = context.config.nats;
    const bus = await connectBus({
      ...context,
      name: "risk",
      servers,
      ...(user === undefined ? {} : { user }),
      ...(passwordFile === undefined ? {} : { password: await passwordOf(passwordFile) }),
    });
    try {
      const running = await startRisk(bus, context);
      return {
        async stop(budgetMs) {
          try {
            await running.stop(budgetMs);
          } finally {
            await bus.close(budgetMs);
          }
        },
      };
    } catch (error) {
      await bus.close(1_000);
      throw error;
    }
  },
};
