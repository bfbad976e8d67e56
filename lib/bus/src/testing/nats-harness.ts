import { startNatsCluster, startNatsServer } from "@hedgelock/test/support/nats-server.ts";

import { connectBus } from "../connect-bus.ts";
import type { BusLimits } from "../connect-options.ts";
import type { Bus } from "../port.ts";
import { provision, type ProvisionReport } from "../provision.ts";
import type { BusHarness } from "./contract-context.ts";
import { realDeps } from "./messages.ts";
import type { HedgeLockError, Logger, Metrics } from "@hedgelock/runtime";

/** Connects to a test server. */
export function busOn(
  target: { readonly servers: readonly string[] },
  name: string,
  more: {
    readonly metrics?: Metrics;
    readonly limits?: Partial<BusLimits>;
    readonly user?: string;
    readonly password?: string;
    readonly passwordFile?: string;
    readonly log?: Logger;
    readonly onLost?: (error: HedgeLockError) => void;
  } = {},
): Promise<Bus> {
  const { metrics, ...options } = more;
  return connectBus({ ...realDeps(metrics), servers: target.servers, name, connectDeadlineMs: 20_000, ...options });
}

/** Provisions a test server with bounds that fit its disk. */
export function provisionOn(
  target: { readonly servers: readonly string[] },
  replicas: number,
): Promise<ProvisionReport> {
  return provision(
    { ...realDeps(), servers: target.servers, name: "provision", connectDeadlineMs: 20_000 },
    { replicas },
  );
}

/** A harness on one server, or on a cluster of three. */
export async function natsHarness(servers: 1 | 3): Promise<BusHarness> {
  const target = servers === 1 ? await startNatsServer() : await startNatsCluster(servers);
  const { partitions } = await provisionOn(target, servers);
  return { partitions, connect: (service) => busOn(target, service), stop: () => target.stop() };
}
