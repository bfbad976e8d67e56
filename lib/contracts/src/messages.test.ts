import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  AccountSnapshot,
  Decision,
  HedgeRecord,
  InputQuality,
  OrderState,
  RiskState,
  Tick,
  TickKind,
} from "./messages.ts";

const decimal = fc.oneof(fc.constant(""), fc.float({ noNaN: true, noDefaultInfinity: true }).map(String));
const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

const tick = fc.record({
  venue: fc.string(),
  category: fc.string(),
  symbol: fc.string(),
  kind: fc.constantFrom(...Object.values(TickKind)),
  exchangeSeq: count,
  exchangeTimeMs: count,
  receiveTimeUs: count,
  publishTimeUs: count,
  bidPrice: decimal,
  bidSize: decimal,
  askPrice: decimal,
  askSize: decimal,
  lastPrice: decimal,
  markPrice: decimal,
  indexPrice: decimal,
  fundingRate: decimal,
  nextFundingTimeMs: count,
});

describe("messages", () => {
  it("a tick comes back as it was sent", () => {
    fc.assert(
      fc.property(tick, (message) => {
        expect(Tick.decode(Tick.encode(message).finish())).toEqual(message);
      }),
    );
  });

  it("a reader of today skips fields of tomorrow", () => {
    const today = Tick.encode(Tick.decode(new Uint8Array())).finish();
    // Field 900, length-delimited, two bytes.
    const tomorrow = Uint8Array.from([...today, 0xa2, 0x38, 2, 1, 2]);
    expect(Tick.decode(tomorrow)).toEqual(Tick.decode(today));
  });

  it("rubbish is refused, not guessed", () => {
    expect(() => Tick.decode(Uint8Array.from([0x0a, 0xff, 0x01]))).toThrow(/premature|index out of range|invalid/i);
    expect(() => Decision.decode(Uint8Array.from([0xff, 0xff, 0xff]))).toThrow(/premature|index out of range|invalid/i);
  });

  it("oneofs keep their case", () => {
    const snapshot = AccountSnapshot.decode(
      AccountSnapshot.encode({
        account: "a",
        exchangeTimeMs: 1,
        receiveTimeUs: 2,
        body: { $case: "positions", value: { positions: [] } },
      }).finish(),
    );
    expect(snapshot.body).toEqual({ $case: "positions", value: { positions: [] } });
    const record = HedgeRecord.decode(new Uint8Array());
    expect(record.event).toBeUndefined();
  });

  it("enumerations start at a value that means nothing, so that a missing field is never a state", () => {
    expect([
      RiskState.RISK_STATE_UNSPECIFIED,
      InputQuality.INPUT_QUALITY_UNSPECIFIED,
      OrderState.ORDER_STATE_UNSPECIFIED,
    ]).toEqual([0, 0, 0]);
  });
});
