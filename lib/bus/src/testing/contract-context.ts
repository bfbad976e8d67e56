import type { until } from "@hedgelock/test/support/until.ts";

import type { Bus } from "../port.ts";

/** One messaging system that the contract is checked on. */
export interface BusHarness {
  connect(service: string): Promise<Bus>;
  stop(): Promise<void>;
  /** What was provisioned. */
  readonly partitions: number;
}

/** What each part of the contract gets. */
export interface ContractContext {
  /** A bus shared by the tests. */
  readonly bus: () => Bus;
  readonly harness: () => BusHarness;
  readonly until: typeof until;
}
