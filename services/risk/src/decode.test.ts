import { PoisonMessageError } from "@hedgelock/bus";
import { AccountSnapshot, Tick, accountSubject } from "@hedgelock/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeSnapshot } from "./decode-snapshot.ts";
import { decodeTick } from "./decode-tick.ts";
import {
  PARTITIONS,
  START_MS,
  loanOf,
  positionOf,
  snapshotMessage,
  snapshotOf,
  stored,
  tickMessage,
  tickOf,
  walletOf,
} from "./testing/messages.ts";

const SUBJECT = "md.bybit.spot.BTCUSDT";

describe("reading a tick", () => {
  it("reads what is told and leaves undefined what is not", () => {
    const { quote } = decodeTick(tickMessage(tickOf(60_000, START_MS, { indexPrice: "", askPrice: "" })));
    expect(quote).toMatchObject({ last: 60_000, index: undefined, mark: undefined, askText: "", bidText: "59999" });
  });

  it("goes on with a kind of tick and fields that it does not know", () => {
    const payload = Buffer.concat([
      Tick.encode({ ...tickOf(1, START_MS), kind: 1 }).finish(),
      Buffer.from([0xba, 0x06, 1, 65]),
    ]);
    expect(decodeTick(stored("MD", SUBJECT, payload, "m")).quote.last).toBe(1);
  });

  it.each<readonly [string, Partial<Tick>]>([
    ["a garbled price", { lastPrice: "6o000" }],
    ["a price of zero", { indexPrice: "0" }],
    ["a negative price", { lastPrice: "-1" }],
    ["a garbled bid", { bidPrice: "NaN" }],
    ["no venue time", { exchangeTimeMs: 0 }],
    ["no time of receipt", { receiveTimeUs: 0 }],
    ["another symbol than its subject", { symbol: "ETHUSDT" }],
    ["another category than its subject", { category: "linear" }],
    ["another venue than its subject", { venue: "okx" }],
  ])("refuses %s", (_what, options) => {
    const payload = Tick.encode(tickOf(60_000, START_MS, options)).finish();
    expect(() => decodeTick(stored("MD", SUBJECT, payload, "m"))).toThrow(PoisonMessageError);
  });

  it("refuses or reads any bytes, and never throws anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (payload) => {
        expect(() => decodeTick(stored("MD", SUBJECT, payload, "m"))).toThrow(PoisonMessageError);
      }),
    );
  });
});

describe("reading a snapshot", () => {
  const read = (body: NonNullable<AccountSnapshot["body"]>): ReturnType<typeof decodeSnapshot> =>
    decodeSnapshot(snapshotMessage(snapshotOf("alice", body, START_MS)), PARTITIONS);

  it("takes a coin's quantity without unrealised profit and without what is borrowed", () => {
    const coins = [
      { coin: "BTC", walletBalance: "1.5", equity: "1.2", borrowAmount: "0.4", unrealisedPnl: "0.1" },
      { coin: "ETH", walletBalance: "2", equity: "", borrowAmount: "0.5", unrealisedPnl: "" },
      { coin: "SOL", walletBalance: "", equity: "3", borrowAmount: "", unrealisedPnl: "" },
    ];
    const { update } = read({ $case: "wallet", value: { ...walletOf(), coins } });
    const quantities = update.kind === "wallet" ? [...update.wallet.coins.values()].map((qty) => qty?.toFixed()) : [];
    expect(quantities).toStrictEqual(["1.1", "1.5", undefined]);
  });

  it("computes the maintenance margin rate when the venue does not tell it", () => {
    const { update } = read({ $case: "wallet", value: { ...walletOf(), maintenanceMarginRate: "" } });
    expect(update).toMatchObject({ wallet: { maintenanceMarginRate: "0.005" } });
  });

  const tier = (minValueUsd: string, maxValueUsd: string, ratio: string) => ({ minValueUsd, maxValueUsd, ratio });
  const pledged = (tiers: readonly ReturnType<typeof tier>[], amount = "1") =>
    loanOf("1", { collateral: [{ coin: "BTC", amount, amountUsd: "", tiers }] });
  it.each<readonly [string, NonNullable<AccountSnapshot["body"]>]>([
    ["a position without a quantity", { $case: "positions", value: { positions: [positionOf("BTCUSDT", "")] } }],
    ["a position with a garbled quantity", { $case: "positions", value: { positions: [positionOf("BTCUSDT", "x")] } }],
    [
      "a debt without an amount",
      { $case: "loan", value: loanOf("1", { debts: [{ coin: "USDT", amount: "", amountUsd: "" }] }) },
    ],
    ["a negative debt", { $case: "loan", value: loanOf("-5") }],
    ["a negative collateral", { $case: "loan", value: pledged([], "-1") }],
    ["a ratio above 1", { $case: "loan", value: pledged([tier("0", "", "1.1")]) }],
    ["brackets that overlap", { $case: "loan", value: pledged([tier("0", "100", "0.9"), tier("50", "", "0.8")]) }],
    ["a bracket without a ratio", { $case: "loan", value: pledged([tier("0", "", "")]) }],
    ["a garbled LTV of the venue", { $case: "loan", value: loanOf("1", { venueLtv: "high" }) }],
    [
      "a coin listed twice",
      { $case: "wallet", value: { ...walletOf(), coins: [...walletOf().coins, ...walletOf().coins] } },
    ],
  ])("refuses %s", (_what, body) => {
    expect(() => read(body)).toThrow(PoisonMessageError);
  });

  it("refuses a snapshot on the subject of another account or surface, without a body, or without a time", () => {
    const good = snapshotOf("alice", { $case: "loan", value: loanOf("1") }, START_MS);
    const on = (subject: string, snapshot: AccountSnapshot) => () =>
      decodeSnapshot(stored("ACCT", subject, AccountSnapshot.encode(snapshot).finish(), "m"), PARTITIONS);
    expect(on(accountSubject("alice", "loan", PARTITIONS), good)).not.toThrow();
    expect(on(accountSubject("bob", "loan", PARTITIONS), good)).toThrow(PoisonMessageError);
    expect(on(accountSubject("alice", "wallet", PARTITIONS), good)).toThrow(PoisonMessageError);
    expect(on(accountSubject("alice", "loan", PARTITIONS), { ...good, body: undefined })).toThrow(PoisonMessageError);
    expect(on(accountSubject("alice", "loan", PARTITIONS), { ...good, exchangeTimeMs: 0 })).toThrow(PoisonMessageError);
  });
});
