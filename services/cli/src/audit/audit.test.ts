import { InputQuality, RiskState } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { audit, invariantsHold } from "./audit.ts";
import type { AuditInput } from "./input.ts";
import {
  ACCOUNT,
  LINK,
  ONE_HEDGE,
  SYMBOL,
  TRACE,
  at,
  decision,
  entry,
  execution,
  intent,
  order,
  soundInput,
} from "./testing/scenario.ts";

const NONE = { duplicateHedges: 0, lostHedges: 0, orphanOrders: 0, unresolvedIntents: 0 };

function totalsOf(changes: Partial<AuditInput>): Readonly<Record<string, number>> {
  return audit(soundInput(changes)).totals;
}

function sentences(changes: Partial<AuditInput>): string {
  return audit(soundInput(changes))
    .findings.map((finding) => finding.what)
    .join("\n");
}

describe("audit of a sound run", () => {
  it("finds nothing", () => {
    const result = audit(soundInput());
    expect(result.findings).toEqual([]);
    expect(result.totals).toEqual(NONE);
    expect(result.traces).toEqual({ fills: 1, complete: 1, causes: { tick: 1, snapshot: 0, time: 0 }, incomplete: [] });
    expect(invariantsHold(result)).toBe(true);
  });

  it("finds nothing where nothing happened", () => {
    expect(audit(soundInput({ orders: [], executions: [], ledger: [], decisions: [] })).totals).toEqual(NONE);
  });
});

describe("duplicate hedges", () => {
  it("counts a second order under the same link id", () => {
    const orders = [order(), order({ orderId: "order-2", createdTimeMs: at(7), cumExecQty: "0", status: "Cancelled" })];
    expect(totalsOf({ orders })["duplicateHedges"]).toBe(2);
    expect(sentences({ orders })).toContain("the exchange has 2 orders for the one intent hl-one: order-1, order-2");
    expect(sentences({ orders })).toContain("past its target -0.5 by 0.5");
  });

  it("counts an intent that was opened twice", () => {
    const ledger = [...ONE_HEDGE, entry(6, 50, { $case: "intentOpened", value: { linkId: LINK } }, [intent()])];
    expect(sentences({ ledger })).toContain("the ledger opened the intent hl-one 2 times");
  });

  it("counts an intent opened while another of the same symbol is unresolved", () => {
    const two = intent({ linkId: "hl-two", qty: "0.1", targetQty: "-0.6" });
    const ledger = [
      ...ONE_HEDGE.slice(0, 2),
      entry(20, 7, { $case: "intentOpened", value: { linkId: "hl-two" } }, [two]),
      ...ONE_HEDGE.slice(2).map((item) => ({ ...item, seq: item.seq + 20 })),
      entry(30, 50, { $case: "closed", value: { linkId: "hl-two", orderStatus: "Cancelled", reason: "IOC" } }),
    ];
    const orders = [
      order(),
      order({
        orderId: "order-2",
        linkId: "hl-two",
        qty: "0.1",
        cumExecQty: "0",
        createdTimeMs: at(8),
        status: "Cancelled",
      }),
    ];
    expect(totalsOf({ ledger, orders })).toEqual({ ...NONE, duplicateHedges: 1 });
    expect(sentences({ ledger, orders })).toContain("hl-two for BTCUSDT was opened while hl-one was still unresolved");
  });

  it("counts an order that takes the position past the target of its intent", () => {
    const ledger = [
      ...ONE_HEDGE,
      entry(6, 50, { $case: "intentOpened", value: { linkId: "hl-two" } }, [intent({ linkId: "hl-two" })]),
      entry(7, 60, { $case: "closed", value: { linkId: "hl-two", orderStatus: "Cancelled", reason: "IOC" } }),
    ];
    const orders = [
      order(),
      order({ orderId: "order-2", linkId: "hl-two", cumExecQty: "0", createdTimeMs: at(52), status: "Cancelled" }),
    ];
    expect(totalsOf({ ledger, orders })).toEqual({ ...NONE, duplicateHedges: 1 });
    expect(sentences({ ledger, orders })).toContain(
      "(Sell 0.5 BTCUSDT) takes the position to -1, past its target -0.5 by 0.5",
    );
  });

  it("accepts a quantity rounded up by one lot", () => {
    const orders = [order({ qty: "0.501" })];
    expect(totalsOf({ orders })).toEqual(NONE);
  });

  it("keeps accounts apart: the same link id may exist in two accounts", () => {
    const other = "acct-002";
    const rename = (item: (typeof ONE_HEDGE)[number]): (typeof ONE_HEDGE)[number] => ({
      seq: item.seq + 100,
      record: { ...item.record, account: other },
    });
    const entryOfOther = decision(2);
    const result = audit(
      soundInput({
        orders: [order(), order({ account: other })],
        executions: [execution(), execution({ account: other })],
        ledger: [...ONE_HEDGE, ...ONE_HEDGE.map(rename)],
        decisions: [decision(2), { ...entryOfOther, decision: { ...entryOfOther.decision, account: other } }],
      }),
    );
    expect(result.totals).toEqual(NONE);
  });
});

describe("lost hedges", () => {
  it("counts an account whose needed hedge never came, with no reason given", () => {
    const changes = {
      orders: [],
      executions: [],
      ledger: [],
      decisions: [decision(2), decision(1000), decision(20_000)],
    };
    expect(totalsOf(changes)).toEqual({ ...NONE, lostHedges: 1 });
    expect(sentences(changes)).toContain("BTCUSDT should have gone from 0 to -0.5; for 59998 ms (deadline 5000 ms)");
  });

  it("counts a hedge that came too late", () => {
    const executions = [execution({ execTimeMs: at(9000) })];
    expect(totalsOf({ executions })["lostHedges"]).toBe(1);
  });

  it("gives CAUTION the time of its passive order", () => {
    const decisions = [decision(2, { state: RiskState.RISK_STATE_CAUTION })];
    expect(totalsOf({ decisions, executions: [execution({ execTimeMs: at(30_000) })] })["lostHedges"]).toBe(0);
    expect(totalsOf({ decisions, executions: [execution({ execTimeMs: at(50_000) })] })["lostHedges"]).toBe(1);
  });

  it.each([
    [
      "a refusal",
      { $case: "refused", value: { symbol: SYMBOL, decisionVersion: 1, rule: "max_day_qty", detail: "" } } as const,
    ],
    [
      "a residual",
      {
        $case: "postcondition",
        value: {
          linkId: LINK,
          satisfied: false,
          targetQty: "-0.5",
          positionQty: "0",
          residualQty: "-0.5",
          reason: "no liquidity",
        },
      } as const,
    ],
  ])("takes %s in the ledger as a reason", (_name, body) => {
    const ledger = [
      entry(1, 3, { $case: "intentOpened", value: { linkId: LINK } }, [intent()]),
      entry(2, 4, { $case: "closed", value: { linkId: LINK, orderStatus: "Cancelled", reason: "IOC" } }),
      entry(3, 100, body),
    ];
    const orders = [order({ cumExecQty: "0", status: "Cancelled" })];
    expect(totalsOf({ ledger, orders, executions: [] })["lostHedges"]).toBe(0);
  });

  it("does not take a refusal for another symbol as a reason", () => {
    const ledger = [
      entry(1, 100, {
        $case: "refused",
        value: { symbol: "ETHUSDT", decisionVersion: 1, rule: "max_day_qty", detail: "" },
      }),
    ];
    expect(totalsOf({ ledger, orders: [], executions: [] })["lostHedges"]).toBe(1);
  });

  it("counts from the strictest state on, once a state is passed that needs a hedge at once", () => {
    const decisions = [decision(2, { state: RiskState.RISK_STATE_CAUTION }), decision(10_000)];
    expect(totalsOf({ decisions, executions: [execution({ execTimeMs: at(14_000) })] })["lostHedges"]).toBe(0);
    expect(totalsOf({ decisions, executions: [execution({ execTimeMs: at(16_000) })] })["lostHedges"]).toBe(1);
  });

  it("does not take a reason that comes after the deadline", () => {
    const changes = {
      orders: [],
      executions: [],
      ledger: [],
      loans: [{ account: ACCOUNT, liquidatedAtMs: at(30_000) }],
    };
    expect(totalsOf(changes)["lostHedges"]).toBe(1);
  });

  it("takes the loan's liquidation as a reason", () => {
    const changes = { orders: [], executions: [], ledger: [], loans: [{ account: ACCOUNT, liquidatedAtMs: at(3000) }] };
    expect(totalsOf(changes)["lostHedges"]).toBe(0);
  });

  it("asks nothing on stale inputs, inside the band, or when the need passes in time", () => {
    const idle = { orders: [], executions: [], ledger: [] };
    const stale = [decision(2, { inputQuality: InputQuality.INPUT_QUALITY_STALE })];
    expect(totalsOf({ ...idle, decisions: stale })).toEqual(NONE);
    expect(totalsOf({ ...idle, decisions: [decision(2, { target: "-0.05" })] })).toEqual(NONE);
    expect(totalsOf({ ...idle, decisions: [decision(2), decision(3000, { target: "0" })] })).toEqual(NONE);
  });

  it("starts the clock anew at each partial fill", () => {
    const part = (execId: string, ms: number): ReturnType<typeof execution> =>
      execution({ execId, qty: "0.1", execTimeMs: at(ms) });
    const executions = [part("a", 4000), part("b", 8000), part("c", 12_000), part("d", 16_000), part("e", 20_000)];
    const decisions = [decision(2), decision(6000), decision(10_000)];
    expect(totalsOf({ executions, decisions })["lostHedges"]).toBe(0);
  });
});

describe("orphan orders", () => {
  it("counts an order that no ledger knows, and its fills", () => {
    const orders = [order(), order({ orderId: "order-9", linkId: "web-1", side: "Buy", createdTimeMs: at(100) })];
    const executions = [
      execution(),
      execution({ execId: "exec-9", orderId: "order-9", linkId: "web-1", side: "Buy", execTimeMs: at(100) }),
    ];
    expect(totalsOf({ orders, executions, decisions: [decision(2), decision(50, { target: "0" })] })).toEqual({
      ...NONE,
      orphanOrders: 2,
    });
    expect(sentences({ orders, executions })).toContain(
      "order order-9 with the link id web-1; no ledger has an intent for it",
    );
  });

  it("counts an order without a link id", () => {
    expect(sentences({ orders: [order(), order({ orderId: "order-9", linkId: "" })] })).toContain(
      "order-9 without a link id",
    );
  });

  it("counts a fill the ledger never booked", () => {
    const ledger = ONE_HEDGE.filter((item) => item.seq !== 3);
    expect(totalsOf({ ledger })["orphanOrders"]).toBe(1);
    expect(sentences({ ledger })).toContain("Sell 0.5 BTCUSDT of order hl-one (exec-1); the ledger never booked it");
  });

  it("counts a fill booked with another quantity, or twice", () => {
    expect(sentences({ executions: [execution({ qty: "0.4" })] })).toContain("the ledger booked -0.5");
    const [, , fill] = ONE_HEDGE;
    const ledger = fill === undefined ? [] : [...ONE_HEDGE, { ...fill, seq: 9 }];
    expect(sentences({ ledger })).toContain("the ledger booked the fill exec-1 2 times");
  });

  it("counts a booked fill that the exchange does not have", () => {
    expect(sentences({ executions: [] })).toContain(
      "the ledger booked the fill exec-1 of -0.5; the exchange has no such fill",
    );
  });

  it("takes what the exchange did itself, to liquidate, as no one's order", () => {
    const orders = [
      order(),
      order({ orderId: "bust-1", linkId: "", byExchange: true, side: "Buy", createdTimeMs: at(50) }),
    ];
    const bust = execution({
      execId: "b-1",
      execType: "BustTrade",
      orderId: "bust-1",
      linkId: "",
      side: "Buy",
      execTimeMs: at(50),
    });
    const executions = [execution(), bust];
    expect(totalsOf({ orders, executions, decisions: [decision(2), decision(51, { target: "0" })] })).toEqual(NONE);
    // But it moves the position: a hedge that is still wanted is missing again.
    expect(totalsOf({ orders, executions })["lostHedges"]).toBe(1);
  });

  it("leaves funding alone", () => {
    const executions = [execution(), execution({ execId: "f-1", execType: "Funding", orderId: "", linkId: "" })];
    expect(totalsOf({ executions })).toEqual(NONE);
  });
});

describe("unresolved intents", () => {
  it("counts an intent that no record ended", () => {
    const ledger = ONE_HEDGE.slice(0, 2);
    expect(totalsOf({ ledger, executions: [], orders: [order({ cumExecQty: "0" })], decisions: [] })).toEqual({
      ...NONE,
      unresolvedIntents: 1,
    });
  });

  it("counts a filled intent whose postcondition was never checked", () => {
    expect(sentences({ ledger: ONE_HEDGE.slice(0, 4) })).toContain(
      "hl-one was filled and its postcondition was never checked",
    );
  });

  it("counts events of an intent that was never opened, but not the booked fill of a foreign order", () => {
    const closed = entry(1, 3, { $case: "closed", value: { linkId: LINK, orderStatus: "Filled", reason: "" } });
    expect(sentences({ ledger: [closed], orders: [], executions: [], decisions: [] })).toContain(
      "events for hl-one, which no record opened",
    );
    const foreign = ONE_HEDGE.filter((item) => item.seq === 3);
    expect(totalsOf({ ledger: foreign, orders: [] })["unresolvedIntents"]).toBe(0);
  });

  it("is content with a rejected intent and one proved not to have arrived", () => {
    const opened = entry(1, 3, { $case: "intentOpened", value: { linkId: LINK } }, [intent()]);
    const rejected = entry(2, 4, { $case: "rejected", value: { linkId: LINK, code: 110007, message: "" } });
    const never = entry(2, 4, { $case: "neverArrived", value: { linkId: LINK, evidence: "3 x not found" } });
    const quiet = { orders: [], executions: [], decisions: [] };
    expect(totalsOf({ ...quiet, ledger: [opened, rejected] })).toEqual(NONE);
    expect(totalsOf({ ...quiet, ledger: [opened, never] })).toEqual(NONE);
  });
});

describe("traces", () => {
  function missing(changes: Partial<AuditInput>): readonly string[] {
    return audit(soundInput(changes)).traces.incomplete.flatMap((trace) => trace.missing);
  }
  function without(seq: number): AuditInput["ledger"] {
    return ONE_HEDGE.filter((item) => item.seq !== seq);
  }

  it.each([
    ["the acknowledgement", { ledger: without(2) }, "no send or acknowledgement in the ledger"],
    ["the fill", { ledger: without(3) }, "no fill in the ledger"],
    ["the close", { ledger: without(4) }, "no close in the ledger"],
    ["the postcondition", { ledger: without(5) }, "no postcondition in the ledger"],
    ["the intent", { ledger: [] }, "no intent in the ledger"],
    ["the decision", { decisions: [decision(2, {}, "1".repeat(32))] }, "no decision with this trace id"],
  ])("names %s when it is missing", (_name, changes, expected) => {
    expect(missing(changes)).toContain(expected);
    expect(invariantsHold(audit(soundInput(changes)))).toBe(false);
  });

  it("wants the same trace id all the way", () => {
    const other = "2".repeat(32);
    const ledger = ONE_HEDGE.map((item) =>
      item.seq === 4 ? { ...item, record: { ...item.record, traceId: other } } : item,
    );
    expect(missing({ ledger })).toEqual([`the close carries another trace id (${other})`]);
    expect(audit(soundInput({ ledger })).traces.incomplete[0]?.traceId).toBe(TRACE);
  });

  it("wants the decision to name the event that caused it, with its times", () => {
    const hole = ["the decision does not name the event that caused it, with its times"];
    const { trigger } = decision(2).decision;
    const by = (changes: Partial<NonNullable<typeof trigger>>): readonly string[] =>
      missing({
        decisions: [decision(2, { trigger: trigger === undefined ? undefined : { ...trigger, ...changes } })],
      });
    expect(missing({ decisions: [decision(2, { trigger: undefined })] })).toEqual(hole);
    expect(by({ receiveTimeUs: 0 })).toEqual(hole);
    expect(by({ publishTimeUs: 0 })).toEqual(hole);
    expect(by({ messageId: "" })).toEqual(hole);
  });

  it("says what caused the decision: a tick, a snapshot, or time on inputs that it names", () => {
    const { trigger } = decision(2).decision;
    const causes = (changes: Parameters<typeof decision>[1]): unknown =>
      audit(soundInput({ decisions: [decision(2, changes)] })).traces.causes;
    const snapshot =
      trigger === undefined ? undefined : { ...trigger, subject: "acct.3.acct-001.loan", publishTimeUs: 0 };
    const inputs = [
      { subject: "md.bybit.spot.BTCUSDT", messageId: "spot:BTCUSDT:1:7:7", exchangeTimeMs: 1, traceId: "", spanId: "" },
    ];
    expect(causes({ trigger: snapshot })).toEqual({ tick: 0, snapshot: 1, time: 0 });
    expect(causes({ trigger: undefined, inputs })).toEqual({ tick: 0, snapshot: 0, time: 1 });
  });
});
