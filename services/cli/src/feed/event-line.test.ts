import { RiskState } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { LINK, ONE_HEDGE, TRACE, decision, entry, intent } from "../audit/testing/scenario.ts";
import { decisionLine, formatLine, note, recordLine } from "./event-line.ts";

describe("event lines", () => {
  it("tells a change of state with LTV, target and trace id", () => {
    const { decision: change } = decision(2, {
      previousState: RiskState.RISK_STATE_CAUTION,
      effectiveLtv: "0.7512345",
    });
    const line = decisionLine(change, TRACE);
    expect(line === undefined ? "" : formatLine(line, 12_345)).toBe(
      `  +12.35s  state      acct-001  CAUTION -> DANGER at LTV 0.7512, target BTCUSDT -0.500  trace=${TRACE}`,
    );
    expect(decisionLine({ ...change, previousState: change.state }, TRACE)).toBeUndefined();
  });

  it("tells a hedge's life, each line with the trace id", () => {
    const lines = ONE_HEDGE.map(({ record }) => recordLine(record)).filter((line) => line !== undefined);
    expect(lines.map((line) => `${line.word}: ${line.text}`)).toEqual([
      "intent: SELL 0.5 BTCUSDT limit , target -0.5",
      "fill: -0.5 BTCUSDT at 60000, fee 16.5 USDT",
      "verified: position -0.5, target -0.5",
    ]);
    for (const line of lines) expect(line.traceId).toBe(TRACE);
  });

  it("tells what went otherwise", () => {
    const line = (body: Parameters<typeof entry>[2]): string => {
      const found = recordLine(entry(1, 1, body, [intent()]).record);
      return found === undefined ? "" : `${found.word}: ${found.text}`;
    };
    expect(
      line({
        $case: "refused",
        value: { symbol: "BTCUSDT", decisionVersion: 1, rule: "max_day_qty", detail: "10 of 10 used" },
      }),
    ).toBe("refused: BTCUSDT by max_day_qty: 10 of 10 used");
    expect(line({ $case: "rejected", value: { linkId: LINK, code: 110007, message: "insufficient balance" } })).toBe(
      "rejected: by the exchange, code 110007: insufficient balance",
    );
    expect(line({ $case: "outcomeUnknown", value: { linkId: LINK, reason: "timeout" } })).toBe(
      "unknown: hl-one: timeout",
    );
    expect(line({ $case: "closed", value: { linkId: LINK, orderStatus: "Cancelled", reason: "IOC" } })).toBe(
      "closed: Cancelled: IOC",
    );
    expect(line({ $case: "closed", value: { linkId: LINK, orderStatus: "Filled", reason: "" } })).toBe("");
    expect(
      line({
        $case: "postcondition",
        value: {
          linkId: LINK,
          satisfied: false,
          targetQty: "-0.5",
          positionQty: "-0.3",
          residualQty: "-0.2",
          reason: "partial",
        },
      }),
    ).toBe("residual: position -0.3, target -0.5, missing -0.2: partial");
  });

  it("writes remarks without account or trace", () => {
    expect(formatLine(note("ready", "risk"), 0)).toBe("   +0.00s  ready      risk");
  });
});
