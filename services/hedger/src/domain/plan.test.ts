import { InputQuality, type LedgerState, RiskState } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { applied, LINK_ID, opened, SIGNED_MS } from "../testing/ledger-samples.ts";
import { aDecision, anExecution, anOrderUpdate, aTarget, BTC_RULES, LIMITS } from "../testing/samples.ts";
import { emptyLedger, withPosition } from "./ledger-state.ts";
import { plan, type Plan, type PlanRequest } from "./plan.ts";

const NOW = { nowUs: SIGNED_MS * 1000 + 1000, venueTimeMs: SIGNED_MS };

function holding(qty: string, more: Partial<LedgerState["positions"][number]> = {}): LedgerState {
  return withPosition(emptyLedger(), {
    category: "linear",
    symbol: "BTCUSDT",
    qty,
    exchangeSeq: 1000,
    snapshotSeq: 0,
    updatedTimeMs: SIGNED_MS,
    escalation: 0,
    escalatedTimeMs: 0,
    ...more,
  });
}

interface Changes extends Partial<Omit<PlanRequest, "target" | "decision">> {
  readonly target?: Parameters<typeof aTarget>[0];
  readonly decision?: Parameters<typeof aDecision>[0];
}

function planned({ target, decision, ...more }: Changes = {}): Plan {
  return plan({
    decision: aDecision(decision),
    target: aTarget(target),
    state: emptyLedger(),
    rules: BTC_RULES,
    limits: LIMITS,
    now: NOW,
    ...more,
  });
}

const order = (result: Plan): string => {
  if (result.kind !== "open") return result.kind === "refused" ? result.rule : result.reason;
  const { side, qty, reduceOnly } = result.draft;
  return `${side} ${qty}${reduceOnly ? " reduce-only" : ""}`;
};
const priceOf = (result: Plan): string => (result.kind === "open" ? result.draft.limitPrice : result.kind);

describe("sizing toward an absolute target", () => {
  it("orders what is missing", () => {
    expect(order(planned())).toBe("Sell 0.25");
    expect(order(planned({ state: holding("-0.1") }))).toBe("Sell 0.15");
    expect(order(planned({ target: { targetQty: "0.3" } }))).toBe("Buy 0.3");
  });

  it("does nothing inside the band, edge included", () => {
    expect(order(planned({ state: holding("-0.245") }))).toBe("in_band");
    expect(order(planned({ state: holding("-0.244") }))).toBe("Sell 0.006");
    expect(order(planned({ state: holding("-0.25"), target: { bandQty: "" } }))).toBe("in_band");
  });

  it("opens nothing while an order of the instrument is unresolved, whatever its state", () => {
    const sending = opened();
    const unknown = applied(sending, { kind: "lost", linkId: LINK_ID, attempt: 1, reason: "", sentTimeUs: 0 });
    const closedButFillsMissing = applied(sending, {
      kind: "order",
      order: anOrderUpdate({ orderLinkId: LINK_ID, orderStatus: "Cancelled", cumExecQty: "0.1" }),
      atUs: 1,
      sentTimeUs: 0,
    });
    for (const state of [sending, unknown, closedButFillsMissing]) {
      expect(order(planned({ state, target: { targetQty: "-2" } }))).toBe("in_flight");
    }
  });

  it("orders the remainder once the part that filled is known", () => {
    const execution = anExecution({ orderLinkId: LINK_ID, qty: "0.1" });
    const cancelled = anOrderUpdate({ orderLinkId: LINK_ID, orderStatus: "Cancelled", cumExecQty: "0.1" });
    const state = applied(
      opened(),
      { kind: "order", order: cancelled, atUs: 1, sentTimeUs: 0 },
      { kind: "execution", execution, own: true, atUs: 1, sentTimeUs: 0 },
    );
    expect(order(planned({ state }))).toBe("Sell 0.15");
  });

  it("rounds down to the lot, so that the target is never passed", () => {
    expect(order(planned({ target: { targetQty: "-0.2539" } }))).toBe("Sell 0.253");
    expect(order(planned({ state: holding("-0.5"), target: { targetQty: "-0.2539" } }))).toBe("Buy 0.246 reduce-only");
  });

  it("is reduce-only when it only shrinks the position, and never crosses zero in one order", () => {
    expect(order(planned({ state: holding("-0.25"), target: { targetQty: "0" } }))).toBe("Buy 0.25 reduce-only");
    expect(order(planned({ state: holding("0.1") }))).toBe("Sell 0.1 reduce-only");
    expect(order(planned({ state: holding("0") }))).toBe("Sell 0.25");
  });

  it("splits by the smaller of our and the venue's largest order", () => {
    expect(order(planned({ target: { targetQty: "-2.5" } }))).toBe("Sell 1");
    expect(order(planned({ target: { targetQty: "-2.5" }, rules: { ...BTC_RULES, maxOrderQty: "0.4" } }))).toBe(
      "Sell 0.4",
    );
  });
});

describe("what is refused, by name", () => {
  const small = { targetQty: "-0.0009", bandQty: "0" };
  it("an old decision, but only if there were something to do", () => {
    const decision = { decidedTimeUs: NOW.nowUs - 5_001_000 };
    expect(order(planned({ decision }))).toBe("decision_too_old");
    expect(order(planned({ decision, state: holding("-0.25") }))).toBe("in_band");
  });

  it("new risk on inputs that are not fresh; a reduction needs only its own", () => {
    for (const inputQuality of [
      InputQuality.INPUT_QUALITY_STALE,
      InputQuality.INPUT_QUALITY_UNKNOWN,
      InputQuality.INPUT_QUALITY_UNSPECIFIED,
    ]) {
      expect(order(planned({ decision: { inputQuality } }))).toBe("input_quality_not_fresh");
      expect(order(planned({ decision: { inputQuality }, state: holding("-0.5") }))).toBe("Buy 0.25 reduce-only");
    }
  });

  it("an instrument without limits or rules", () => {
    expect(order(planned({ target: { symbol: "ETHUSDT" } }))).toBe("no_limits_configured");
    expect(order(planned({ rules: undefined }))).toBe("unknown_instrument");
  });

  it("what is smaller than the smallest order", () => {
    expect(order(planned({ target: small }))).toBe("below_minimum_lot");
    const limits = { ...LIMITS, perSymbol: { BTCUSDT: { minOrderQty: "0.01", maxOrderQty: "1", maxDayQty: "10" } } };
    expect(order(planned({ limits, target: { targetQty: "-0.009" } }))).toBe("below_minimum_lot");
    expect(order(planned({ limits, target: { targetQty: "-0.01" } }))).toBe("Sell 0.01");
  });

  it("what is worth less than the venue takes, except to reduce", () => {
    const rules = { ...BTC_RULES, minNotional: "100" };
    const target = { targetQty: "-0.001", bandQty: "0" };
    expect(order(planned({ rules, target }))).toBe("min_notional");
    expect(order(planned({ rules, target: { ...target, targetQty: "0" }, state: holding("-0.001") }))).toBe(
      "Buy 0.001 reduce-only",
    );
  });

  it("more than a day's quantity, down to what is left of it; reductions go on", () => {
    const spent = (qty: string): LedgerState => ({
      ...holding("0"),
      budget: { day: 20_666, orderedToday: [{ symbol: "BTCUSDT", qty }], recentOrderTimesMs: [] },
    });
    expect(order(planned({ state: spent("9.9") }))).toBe("Sell 0.1");
    expect(order(planned({ state: spent("10") }))).toBe("max_day_qty");
    expect(order(planned({ state: spent("11") }))).toBe("max_day_qty");
    expect(order(planned({ state: { ...spent("10"), positions: holding("-0.5").positions } }))).toBe(
      "Buy 0.25 reduce-only",
    );
    expect(order(planned({ state: spent("10"), now: { ...NOW, venueTimeMs: SIGNED_MS + 86_400_000 } }))).toBe(
      "Sell 0.25",
    );
  });

  it("more orders a minute than allowed, with a share kept for reductions", () => {
    const busy = (count: number, position: string): LedgerState => ({
      ...holding(position),
      budget: {
        day: 20_666,
        orderedToday: [],
        recentOrderTimesMs: Array.from({ length: count }, (_, i) => SIGNED_MS - i),
      },
    });
    expect(order(planned({ state: busy(15, "0") }))).toBe("Sell 0.25");
    expect(order(planned({ state: busy(16, "0") }))).toBe("max_orders_per_minute");
    expect(order(planned({ state: busy(16, "-0.5") }))).toBe("Buy 0.25 reduce-only");
    expect(order(planned({ state: busy(20, "-0.5") }))).toBe("max_orders_per_minute");
    expect(order(planned({ state: busy(20, "0"), now: { ...NOW, venueTimeMs: SIGNED_MS + 60_001 } }))).toBe(
      "Sell 0.25",
    );
  });

  it("a decision without any price", () => {
    expect(order(planned({ target: { bidPrice: "", markPrice: "" } }))).toBe("no_price");
    expect(order(planned({ target: { bidPrice: "0", markPrice: "0" } }))).toBe("no_price");
  });

  it("ignores decisions of a lower epoch or version", () => {
    const state = { ...emptyLedger(), lastDecisionEpoch: 3, lastDecisionVersion: 7 };
    expect(order(planned({ state, decision: { epoch: 2, version: 9 } }))).toBe("old_decision");
    expect(order(planned({ state, decision: { epoch: 3, version: 6 } }))).toBe("old_decision");
    expect(order(planned({ state, decision: { epoch: 3, version: 7 } }))).toBe("Sell 0.25");
    expect(order(planned({ state, decision: { epoch: 4, version: 5 } }))).toBe("Sell 0.25");
  });
});

describe("the limit price", () => {
  it("stays inside the budget, rounded toward the touch", () => {
    expect(priceOf(planned())).toBe("59700");
    expect(priceOf(planned({ target: { targetQty: "0.25" } }))).toBe("60300");
    expect(priceOf(planned({ target: { bidPrice: "59999.93" } }))).toBe("59700");
  });

  it("falls back to the mark without a book", () => {
    expect(priceOf(planned({ target: { bidPrice: "", markPrice: "50000" } }))).toBe("49750");
  });

  it("widens with every order that fell short, up to the cap, and forgets it after a minute", () => {
    const after = (escalation: number, agoMs = 1000): string =>
      priceOf(
        planned({
          state: holding("0", { escalation, escalatedTimeMs: SIGNED_MS - agoMs }),
          target: { bidPrice: "60000" },
        }),
      );
    expect([0, 1, 2, 3, 4, 50].map((escalation) => after(escalation))).toEqual([
      "59700",
      "59400",
      "59100",
      "58800",
      "58800",
      "58800",
    ]);
    expect(after(3, 60_000)).toBe("59700");
  });

  it("keeps the venue's price bounds", () => {
    expect(priceOf(planned({ rules: { ...BTC_RULES, minPrice: "59900.05" } }))).toBe("59900.1");
    expect(priceOf(planned({ target: { targetQty: "1" }, rules: { ...BTC_RULES, maxPrice: "60100.05" } }))).toBe(
      "60100",
    );
    expect(priceOf(planned({ target: { targetQty: "1" }, rules: { ...BTC_RULES, maxPrice: "" } }))).toBe("60300");
  });
});

it("hedges in CRITICAL as in DANGER: the state does not change the target's meaning", () => {
  expect(order(planned({ decision: { state: RiskState.RISK_STATE_CRITICAL } }))).toBe("Sell 0.25");
});
