import { describe, expect, test } from "vitest";

import { PRICES_HEADER, parseBars } from "./parse-bars.ts";

const ROW = "60000,10,12,9,11,5";
const csv = (...rows: readonly string[]): string => [PRICES_HEADER, ...rows, ""].join("\n");

describe("parseBars", () => {
  test("reads rows, with or without CRLF and final newline", () => {
    const bars = parseBars(csv(ROW, "120000,11,11.5,10.5,10.5,9e-05"), "a.csv");
    expect(bars).toEqual([
      { openTimeMs: 60_000, open: 10, high: 12, low: 9, close: 11, volume: 5 },
      { openTimeMs: 120_000, open: 11, high: 11.5, low: 10.5, close: 10.5, volume: 0.00009 },
    ]);
    expect(parseBars(`${PRICES_HEADER}\r\n${ROW}`, "a.csv")).toHaveLength(1);
  });

  test("accepts an open carried forward from the previous close and widens the range to hold it", () => {
    const [, second] = parseBars(csv(ROW, "120000,11,10.5,10,10.25,1"), "a.csv");
    expect(second).toMatchObject({ open: 11, high: 11, low: 10 });
  });

  test.each([
    ["empty file", "", "a.csv:1: the file is empty"],
    ["wrong header", "time,open\n1,2", "a.csv:1: the header must be"],
    ["header only", csv(), "a.csv:2: there is no row"],
    ["missing column", csv("60000,10,12,9,11"), "a.csv:2: expected 6 columns, found 5"],
    ["not a number", csv(ROW, "120000,11,abc,10,11,1"), 'a.csv:3: high is not a number: "abc"'],
    ["negative", csv("60000,-10,12,9,11,5"), "a.csv:2: open is not a number"],
    ["infinite", csv("60000,Infinity,12,9,11,5"), "a.csv:2: open is not a number"],
    ["zero price", csv("60000,10,12,0,11,5"), "a.csv:2: low must be above 0"],
    ["absurd price", csv("60000,10,99999999999,9,11,5"), "a.csv:2: high is above"],
    ["high below low", csv("60000,10,9,12,10,5"), "a.csv:2: high 9 is below low 12"],
    ["close outside", csv("60000,10,12,9,13,5"), "a.csv:2: close 13 is outside"],
    ["open outside", csv("60000,8,12,9,11,5"), "a.csv:2: open 8 is outside"],
    ["not a minute", csv("60001,10,12,9,11,5"), "a.csv:2: open_time_ms is not the start of a minute"],
    ["gap", csv(ROW, "180000,11,12,9,11,5"), "a.csv:3: gap: expected 120000, found 180000"],
    ["out of order", csv(ROW, "60000,11,12,9,11,5"), "a.csv:3: out of order"],
  ])("refuses: %s", (_name, text, message) => {
    expect(() => parseBars(text, "a.csv")).toThrow(expect.objectContaining({ code: "PRICES_MALFORMED" }));
    expect(() => parseBars(text, "a.csv")).toThrow(message);
  });
});
