import { describeBus } from "./testing/bus-contract.ts";
import { natsHarness } from "./testing/nats-harness.ts";

describeBus("one NATS server", () => natsHarness(1));
