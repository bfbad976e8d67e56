import fc from "fast-check";
import { expect, test } from "vitest";

import {
  executionRow,
  linearInstrumentRow,
  loanResult,
  orderRow,
  positionRow,
  spotInstrumentRow,
  tiersResult,
  walletRow,
} from "../../testing/sample-rows.ts";
import { parseInstrument } from "./instruments.ts";
import { parseCollateralTiers, parseLoan } from "./loan.ts";
import { parseExecution, parseOrder } from "./orders.ts";
import type { Parsed } from "./parsed.ts";
import { parsePosition } from "./positions.ts";
import { parseWallet, parseWalletResult } from "./wallet.ts";

const tiers = parseCollateralTiers(tiersResult);
const noTiers = new Map();

interface MessageCase {
  readonly name: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly needed: readonly string[];
  readonly parse: (row: unknown) => Parsed<unknown>;
}

const CASES: readonly MessageCase[] = [
  {
    name: "order",
    row: orderRow,
    needed: ["category", "symbol", "orderId", "side", "orderStatus", "qty", "cumExecQty", "updatedTime"],
    parse: (row) => parseOrder(row),
  },
  {
    name: "execution",
    row: executionRow,
    needed: ["category", "symbol", "orderId", "execId", "side", "execType", "execPrice", "execQty", "execTime"],
    parse: (row) => parseExecution(row),
  },
  {
    name: "position",
    row: positionRow,
    needed: ["category", "symbol", "side", "size", "updatedTime"],
    parse: (row) => parsePosition(row),
  },
  { name: "wallet", row: walletRow, needed: ["coin"], parse: parseWallet },
  {
    name: "loan",
    row: loanResult,
    needed: ["borrowList", "collateralList"],
    parse: (row) => parseLoan(row, noTiers),
  },
  {
    name: "linear instrument",
    row: linearInstrumentRow,
    needed: ["symbol", "baseCoin", "quoteCoin", "settleCoin", "status", "priceFilter", "lotSizeFilter"],
    parse: (row) => parseInstrument(row, "linear"),
  },
  {
    name: "spot instrument",
    row: spotInstrumentRow,
    needed: ["symbol", "baseCoin", "quoteCoin", "status", "priceFilter", "lotSizeFilter"],
    parse: (row) => parseInstrument(row, "spot"),
  },
];

const without = (row: Readonly<Record<string, unknown>>, dropped: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([key]) => !dropped.includes(key)));

test.each(CASES)(
  "$name: whatever optional is missing and whatever unknown comes along, it is read",
  ({ row, needed, parse }) => {
    const optional = Object.keys(row).filter((key) => !needed.includes(key));
    fc.assert(
      fc.property(fc.subarray(optional), fc.dictionary(fc.string(), fc.jsonValue()), (dropped, extra) => {
        const message = { ...without(extra, Object.keys(row)), ...without(row, dropped) };
        const parsed = parse(message);
        expect(parsed.ok ? "read" : parsed.reason).toBe("read");
      }),
    );
  },
);

test.each(CASES.flatMap((one) => one.needed.map((key) => ({ ...one, key }))))(
  "$name without $key, or with garbage there, is refused with the place",
  ({ row, key, parse }) => {
    for (const message of [
      without(row, [key]),
      { ...row, [key]: null },
      { ...row, [key]: { a: 1 } },
      { ...row, [key]: "" },
    ]) {
      const parsed = parse(message);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) expect(parsed.reason).not.toBe("");
    }
  },
);

test.each(CASES)("$name: no JSON whatever makes the reader throw", ({ row, parse }) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(row)), (value, key) => {
      expect(typeof parse(value).ok).toBe("boolean");
      expect(typeof parse({ ...row, [key]: value }).ok).toBe("boolean");
    }),
  );
});

test("new words of the venue pass through", () => {
  const order = parseOrder({ ...orderRow, orderStatus: "HalfBaked", cancelType: "CancelByMoonPhase" });
  expect(order.ok && order.value.orderStatus).toBe("HalfBaked");
  const execution = parseExecution({ ...executionRow, execType: "Teleport" });
  expect(execution.ok && execution.value.execType).toBe("Teleport");
});

test("the same order reads the same from the stream and from REST", () => {
  const { category: _category, ...restRow } = orderRow;
  const rest = parseOrder({ ...restRow, qty: "0.25", cumExecQty: "0.25", price: "60100" }, "linear");
  expect(rest).toEqual(parseOrder(orderRow));
});

test("a position's sign comes from its side; a size without a side is refused", () => {
  const qtyOf = (changes: object): unknown => {
    const parsed = parsePosition({ ...positionRow, ...changes });
    return parsed.ok ? parsed.value.qty : "refused";
  };
  expect(qtyOf({})).toBe("-0.25");
  expect(qtyOf({ side: "Buy" })).toBe("0.25");
  expect(qtyOf({ side: "", size: "0" })).toBe("0");
  expect(qtyOf({ side: "Sell", size: "0.000" })).toBe("0");
  expect(qtyOf({ side: "" })).toBe("refused");
  expect(qtyOf({ side: "Long" })).toBe("refused");
  expect(qtyOf({ size: "-0.25" })).toBe("refused");
  expect(qtyOf({ size: "" })).toBe("refused");
});

test("REST names a position's entry price avgPrice; a liquidation price of 0 is none", () => {
  const { entryPrice: _entry, ...row } = positionRow;
  const parsed = parsePosition({ ...row, avgPrice: "60100", liqPrice: "0" });
  expect(parsed.ok && [parsed.value.entryPrice, parsed.value.liquidationPrice]).toEqual(["60100", ""]);
});

test("a coin without a balance refuses the wallet: it is not an empty one", () => {
  expect(parseWallet({ ...walletRow, coin: [{ coin: "USDT", walletBalance: "" }] }).ok).toBe(false);
  expect(parseWalletResult({ list: [] }).ok).toBe(false);
  expect(parseWalletResult({}).ok).toBe(false);
});

test("a loan adds flexible and fixed debt and carries the tiers in ascending order", () => {
  expect(tiers.ok).toBe(true);
  const loan = parseLoan(loanResult, tiers.ok ? tiers.value : noTiers);
  expect(loan).toEqual({
    ok: true,
    value: {
      debts: [{ coin: "USDT", amount: "30010.42", amountUsd: "30010.43" }],
      collateral: [
        {
          coin: "BTC",
          amount: "0.75",
          amountUsd: "42750",
          tiers: [
            { minValueUsd: "0", maxValueUsd: "1000000", ratio: "0.95" },
            { minValueUsd: "1000000", maxValueUsd: "", ratio: "0.9" },
          ],
        },
      ],
      venueLtv: "0.701764",
      totalDebtUsd: "30010.43",
      totalCollateralUsd: "42750",
    },
  });
});

test("an absent or null loan list is empty only beside a total of zero", () => {
  const none = { borrowList: null, collateralList: null, ltv: "", totalDebt: "0", totalCollateral: "0" };
  expect(parseLoan(none, noTiers).ok).toBe(true);
  expect(parseLoan({ ...none, totalDebt: "5" }, noTiers).ok).toBe(false);
  expect(parseLoan({ ...none, totalDebt: "" }, noTiers).ok).toBe(false);
  expect(parseLoan({}, noTiers).ok).toBe(false);
});

test("instrument rules of recorded rows", () => {
  expect(parseInstrument(linearInstrumentRow, "linear")).toEqual({
    ok: true,
    value: {
      category: "linear",
      symbol: "BTCUSDT",
      baseCoin: "BTC",
      quoteCoin: "USDT",
      settleCoin: "USDT",
      tickSize: "0.1",
      minPrice: "0.1",
      maxPrice: "1999999.8",
      qtyStep: "0.001",
      minOrderQty: "0.001",
      maxOrderQty: "1500",
      maxMarketOrderQty: "150",
      minNotional: "5",
      status: "Trading",
    },
  });
  expect(parseInstrument(spotInstrumentRow, "spot")).toEqual({
    ok: true,
    value: {
      category: "spot",
      symbol: "BTCUSDT",
      baseCoin: "BTC",
      quoteCoin: "USDT",
      settleCoin: "USDT",
      tickSize: "0.1",
      minPrice: "0.1",
      maxPrice: "",
      qtyStep: "0.000001",
      minOrderQty: "0.000001",
      maxOrderQty: "230",
      maxMarketOrderQty: "120",
      minNotional: "5",
      status: "Trading",
    },
  });
});
