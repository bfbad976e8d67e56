import { describe, expect, it } from "vitest";

import { aTrace } from "./testing/spans.ts";
import { ASCII_WATERFALL, waterfall } from "./waterfall.ts";

describe("the waterfall", () => {
  it("shows every step with its place, start and duration, and draws long waits short", () => {
    expect(waterfall(aTrace(), 110, ASCII_WATERFALL)).toMatchInlineSnapshot(`
      [
        "trace 4bf92f3577b34da6a3ce929d0e0e4736",
        "2026-08-01T16:00:00.000Z, 30010.000 ms, 12 spans",
        "",
        "step                                           service     start ms    took ms",
        "receive tick                                   collector      0.000      0.100  #",
        "\` publish md.bybit.spot.BTCUSDT                collector      0.100      0.900  ###",
        "  \` process md.bybit.spot.BTCUSDT              risk           0.600      0.300   ##",
        "    \` decide: CAUTION -> DANGER, LTV 0.7812    risk           0.700      0.200   ##",
        "      \` publish risk.3.alice                   risk           0.900      1.100    ####",
        "        \` process risk.3.alice                 hedger         1.500      0.500      ##",
        "          \` hedge: Sell 0.25 BTCUSDT, VERIFIED hedger         2.000  30008.000       ######################~~",
        "            \` publish hedge.3.alice            hedger         2.000      1.500       #####",
        "            \` order/create                     hedger         3.500      4.500           #############",
        "              \` order ack                      hedger         4.000      4.000            ############",
        "              \` fill: 0.25 at 60000            hedger         4.000      6.000            #################",
        "            \` postcondition: in band           hedger        10.000  30000.000                             ~~",
        "",
        "~ waits drawn short: 30000.000 ms",
      ]
    `);
  });

  it.each([40, 80, 200])("fits into %d columns as far as its times allow", (columns) => {
    const lines = waterfall(aTrace(), columns, ASCII_WATERFALL);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Math.max(columns, 80));
  });

  it("says what is missing of a trace, and what failed", () => {
    const spans = aTrace()
      .filter(({ name }) => name !== "decide")
      .map((span) => (span.name === "hedge" ? { ...span, error: "the order ended as Cancelled" } : span));
    const lines = waterfall(spans, 110, ASCII_WATERFALL);
    expect(lines).toContain("! hedge: the order ended as Cancelled");
    expect(lines.filter((line) => line.startsWith("! incomplete:"))).toEqual([
      "! incomplete: the parent 0000000000000004 of 'publish risk.{partition}.{account}' 0000000000000005 is missing",
      "! incomplete: 2 beginnings: receive tick, publish risk.{partition}.{account}",
    ]);
  });

  it("of nothing is one line", () => {
    expect(waterfall([], 80, ASCII_WATERFALL)).toEqual(["no spans"]);
  });
});
