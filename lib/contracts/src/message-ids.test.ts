import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LINK_ID_PATTERN, isOwnLinkId, orderLinkId } from "./link-id.ts";
import {
  appendMessageId,
  executionMessageId,
  orderUpdateMessageId,
  snapshotMessageId,
  tickMessageId,
} from "./message-ids.ts";

const tick = {
  category: "spot",
  symbol: "BTCUSDT",
  kind: 1,
  exchangeSeq: 112_488_546_160,
  exchangeTimeMs: 1_786_310_819_126,
};

describe("message ids", () => {
  it("tell two ticker frames apart that Bybit sent with one cross sequence", () => {
    expect(tickMessageId(tick)).not.toBe(tickMessageId({ ...tick, exchangeTimeMs: 1_786_310_820_126 }));
  });

  it("are the same for the same fact and differ for another", () => {
    const order = { orderId: "7c1f", updatedTimeMs: 5, orderStatus: "New", cumExecQty: "0" };
    expect(orderUpdateMessageId("a", order)).toBe(orderUpdateMessageId("a", { ...order }));
    expect(orderUpdateMessageId("a", order)).not.toBe(orderUpdateMessageId("a", { ...order, cumExecQty: "0.1" }));
    expect(executionMessageId("a", "e1")).not.toBe(executionMessageId("b", "e1"));
    expect(snapshotMessageId("a", "loan", 1, "x")).not.toBe(snapshotMessageId("a", "loan", 1, "y"));
  });

  it("of a checked append contain the writer, so that the loser of a race never reads its rival's success as its own", () => {
    expect(appendMessageId("a", 7, "risk-1")).not.toBe(appendMessageId("a", 7, "risk-2"));
    expect(() => appendMessageId("a", 7, "risk 1")).toThrow("writer");
  });
});

describe("orderLinkId", () => {
  it("is a fixed function: these values are in the ledgers of running deployments", () => {
    expect(orderLinkId("5f0c2a9b", "acct-001", 1)).toBe("hl-1i79u9s1nz7txj-1");
    expect(orderLinkId("5f0c2a9b", "acct-001", 123_456_789)).toBe("hl-1i79u9s1nz7txj-21i3v9");
  });

  it("is accepted by Bybit and recognised as our own, and only as this ledger's and account's", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        (ledger, account, version) => {
          const id = orderLinkId(ledger, account, version);
          expect(id).toMatch(LINK_ID_PATTERN);
          expect(isOwnLinkId(id, ledger, account)).toBe(true);
          expect(isOwnLinkId(id, `${ledger}x`, account)).toBe(false);
          expect(isOwnLinkId(id, ledger, `${account}x`)).toBe(false);
        },
      ),
    );
  });

  it.each(["", "hl-", "manual-1", "hl-1i79u9s1nz7txj-0", "hl-1i79u9s1nz7txj-01"])("%s is not ours", (id) => {
    expect(isOwnLinkId(id, "5f0c2a9b", "acct-001")).toBe(false);
  });

  it.each([0, -1, 1.5, 2 ** 53])("refuses version %s", (version) => {
    expect(() => orderLinkId("l", "a", version)).toThrow(RangeError);
  });
});
