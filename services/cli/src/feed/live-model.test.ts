import { SymbolPosition, Tick } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { ACCOUNT, ONE_HEDGE, SYMBOL, TRACE, at, decision, entry, intent } from "../audit/testing/scenario.ts";
import { liveModel } from "./live-model.ts";

function tick(changes: Partial<Tick>): Tick {
  return { ...Tick.decode(new Uint8Array()), category: "spot", symbol: SYMBOL, ...changes };
}

describe("live model", () => {
  it("follows spot prices, and samples them for the sparkline at its own pace", () => {
    const model = liveModel([]);
    model.tick(tick({ lastPrice: "100" }));
    model.tick(tick({ lastPrice: "90" }));
    model.tick(tick({ category: "linear", lastPrice: "80" }));
    model.tick(tick({ lastPrice: "" }));
    model.sample();
    expect(model.snapshot().prices).toEqual([{ symbol: SYMBOL, price: 90, first: 100, history: [100, 90] }]);
    expect(model.snapshot().ticks).toBe(4);
  });

  it("shows every account from the start, then its state, LTV, target and the position its ledger has", () => {
    const model = liveModel([ACCOUNT, "acct-002"]);
    expect(model.snapshot().accounts.map((account) => account.state)).toEqual(["NONE", "NONE"]);
    const exposure = {
      base: "BTC",
      collateralQty: "1",
      walletQty: "0",
      debtQty: "0",
      perpQty: "-0.1",
      netDeltaQty: "0.9",
    };
    const { decision: made } = decision(2, { effectiveLtv: "0.76", exposures: [exposure] });
    model.decision(made, 1, TRACE);
    const { record } = entry(1, 8, undefined);
    const positions = [
      { ...SymbolPosition.decode(new Uint8Array()), category: "linear", symbol: SYMBOL, qty: "-0.4", exchangeSeq: 1 },
    ];
    model.record({ ...record, state: record.state === undefined ? undefined : { ...record.state, positions } });
    expect(model.snapshot().accounts[0]).toMatchObject({
      state: "DANGER",
      ltv: 0.76,
      hedges: [{ symbol: SYMBOL, target: "-0.5", actual: "-0.4" }],
      netDelta: [{ base: "BTC", qty: "0.6" }],
    });
  });

  it("counts fills and the time from tick to fill", () => {
    const model = liveModel([ACCOUNT]);
    const filled = intent({ traceId: TRACE, tickReceiveTimeUs: at(0) * 1000, firstFillTimeUs: at(9) * 1000 });
    for (const { seq, record } of ONE_HEDGE) {
      model.record({ ...record, state: entry(seq, 1, undefined, [filled]).record.state });
    }
    expect(model.snapshot()).toMatchObject({ fills: 1, tickToFill: { p50: 9, n: 1 } });
  });

  it("tells of a liquidation once", () => {
    const model = liveModel([ACCOUNT]);
    const facts = { account: ACCOUNT, hedgedUsd: 1, unhedgedUsd: 1, liquidated: true };
    expect(model.facts([{ ...facts, liquidated: false }])).toEqual([]);
    expect(model.facts([facts])).toEqual([ACCOUNT]);
    expect(model.facts([facts])).toEqual([]);
  });

  it("keeps the newest lines only", () => {
    const model = liveModel([]);
    for (let index = 0; index < 200; index += 1)
      model.event({ word: "note", account: "", text: String(index), traceId: "" });
    expect(model.snapshot().recent.at(-1)?.text).toBe("199");
    expect(model.snapshot().recent.length).toBeLessThan(100);
  });
});
