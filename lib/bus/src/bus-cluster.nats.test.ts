import { describeBus } from "./testing/bus-contract.ts";
import { natsHarness } from "./testing/nats-harness.ts";

describeBus("three NATS servers that write through", () => natsHarness(3));
