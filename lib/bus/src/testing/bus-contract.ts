import { until } from "@hedgelock/test/support/until.ts";
import { afterAll, beforeAll, describe } from "vitest";

import type { Bus } from "../port.ts";
import type { BusHarness, ContractContext } from "./contract-context.ts";
import { describeCore } from "./core-contract.ts";
import { describeKeyValue } from "./key-value-contract.ts";
import { describeReading } from "./reading-contract.ts";
import { describeWriting } from "./writing-contract.ts";

/** Every promise of the port, checked on an implementation. */
export function describeBus(title: string, start: () => Promise<BusHarness>): void {
  describe(`the contract on ${title}`, () => {
    let harness: BusHarness | undefined;
    let bus: Bus | undefined;
    const started = <T>(value: T | undefined): T => {
      if (value === undefined) throw new Error("the messaging system did not start");
      return value;
    };
    beforeAll(async () => {
      harness = await start();
      bus = await harness.connect("contract");
    });
    afterAll(async () => {
      await bus?.close(2_000);
      await harness?.stop();
    });
    const context: ContractContext = { bus: () => started(bus), harness: () => started(harness), until };
    describeWriting(context);
    describeReading(context);
    describeKeyValue(context);
    describeCore(context);
  });
}
