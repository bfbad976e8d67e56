import { startNatsServer, type NatsServer } from "@hedgelock/test/support/nats-server.ts";

import { silentLogger, type LogFields, type Logger } from "@hedgelock/runtime";

import { natsAuthorization } from "../nats-authorization.ts";
import { NATS_USERS, type NatsUser } from "../permissions.ts";
import type { Bus } from "../port.ts";
import { provision, type ProvisionPlan, type ProvisionReport } from "../provision.ts";
import { countingMetrics, realDeps, type CountingMetrics } from "./messages.ts";
import { busOn } from "./nats-harness.ts";

export const passwordOf = (user: NatsUser): string => `password of ${user}`;

/** A server that knows our users with their rights, provisioned by the one who may. */
export async function startServerWithUsers(): Promise<NatsServer> {
  const users = NATS_USERS.map((name) => ({ name, password: passwordOf(name) }));
  const server = await startNatsServer({ config: natsAuthorization(users) });
  try {
    await provisionAs(server, "provision");
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export function provisionAs(server: NatsServer, user: NatsUser, plan: ProvisionPlan = {}): Promise<ProvisionReport> {
  return provision({ ...realDeps(), servers: server.servers, name: user, user, password: passwordOf(user) }, plan);
}

/** One user's bus, and what the server denied it. */
export interface Client extends AsyncDisposable {
  readonly bus: Bus;
  readonly metrics: CountingMetrics;
  /** Texts of the log lines about denials. */
  readonly denials: readonly string[];
}

function denialLog(denials: string[]): Logger {
  const log: Logger = {
    ...silentLogger,
    error(event: string, _fields?: LogFields, text?: string) {
      if (event === "bus.denied") denials.push(text ?? "");
    },
    child: () => log,
  };
  return log;
}

/** Connects as a service does: under the name of its user. */
export async function clientOf(server: NatsServer, user: NatsUser): Promise<Client> {
  const metrics = countingMetrics();
  const denials: string[] = [];
  const bus = await busOn(server, user, { user, password: passwordOf(user), metrics, log: denialLog(denials) });
  return { bus, metrics, denials, [Symbol.asyncDispose]: () => bus.close(2_000) };
}
