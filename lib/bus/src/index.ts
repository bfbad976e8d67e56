export * from "./port.ts";
export { BUS_ERROR } from "./bus-error.ts";
export { connectBus } from "./connect-bus.ts";
export type { BusLimits, ConnectOptions, ServerAddress } from "./connect-options.ts";
export { provision } from "./provision.ts";
export type { ProvisionPlan, ProvisionReport } from "./provision.ts";
export { memoryBus } from "./memory-bus.ts";
export type { AppendFault, MemoryBus, MemoryBusOptions } from "./memory-bus.ts";
