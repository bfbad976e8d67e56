import { expect, it } from "vitest";

import { BUS_ERROR } from "./bus-error.ts";
import { fromMetadata, toMetadata } from "./provision-metadata.ts";

const provisioned = { partitions: 16, ledgerId: "0123456789abcdef" };

it("reads back what it wrote, between what the server adds", () => {
  expect(fromMetadata({ ...toMetadata(provisioned), "_nats.ver": "2.15.1" })).toEqual(provisioned);
});

it("tells nothing from garbled", () => {
  expect(fromMetadata(undefined)).toBeUndefined();
  expect(fromMetadata({ "_nats.ver": "2.15.1" })).toBeUndefined();
  const good = toMetadata(provisioned);
  for (const bad of [
    { ...good, "hedgelock.partitions": "0" },
    { ...good, "hedgelock.partitions": "many" },
    { ...good, "hedgelock.ledger_id": "" },
    { "hedgelock.partitions": "16" },
    { "hedgelock.ledger_id": provisioned.ledgerId },
  ]) {
    expect(() => fromMetadata(bad)).toThrow(expect.objectContaining({ code: BUS_ERROR.STREAM_INCOMPATIBLE }));
  }
});
