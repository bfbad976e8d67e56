import type { VenueCapabilities } from "../port.ts";

/**
 * What Bybit v5 guarantees: link ids stay unique per account for good (110072, 170141), every signed request has a
 * receive window (10002), every response carries the venue's time. Reads may lag behind orders: "not found" is taken
 * as evidence only after ten seconds.
 */
export const BYBIT_CAPABILITIES: VenueCapabilities = {
  clientIdScope: "forever",
  requestFence: "receive_window",
  clock: "every_response",
  evidenceHorizonMs: 10_000,
};
