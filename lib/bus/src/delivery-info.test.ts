import { expect, it } from "vitest";

import { parseDelivery } from "./delivery-info.ts";

it("reads both forms of the reply subject", () => {
  expect(parseDelivery("$JS.ACK.A.c4.1.12.3.1795528605862085256.4")).toEqual({ streamSeq: 12, consumerSeq: 3 });
  expect(parseDelivery("$JS.ACK._.hash.A.c4.1.12.3.1795528605862085256.4")).toEqual({ streamSeq: 12, consumerSeq: 3 });
  expect(parseDelivery("$JS.ACK.hub.hash.A.c4.1.12.3.1795528605862085256.4.token")).toEqual({
    streamSeq: 12,
    consumerSeq: 3,
  });
});

it("takes nothing else for a delivery", () => {
  for (const reply of [
    "",
    "_IB.x.1",
    "$JS.ACK",
    "$JS.ACK.A.c.1.2.3",
    "$JS.ACK.A.c.1.x.3.4.5",
    "$JS.ACK.A.c.1.0.0.4.5",
  ]) {
    expect(parseDelivery(reply)).toBeUndefined();
  }
});
