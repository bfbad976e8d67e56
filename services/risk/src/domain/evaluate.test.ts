import { InputQuality, RiskState, TickKind } from "@hedgelock/contracts";
import { RISK_LEVEL, toDecimal } from "@hedgelock/finance";
import type { RiskLevel } from "@hedgelock/finance";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BTC, ETH, rulesOf, testConfig } from "../testing/policy.ts";
import { EMPTY_MARKET, withHedgeQuote, withPriceQuote } from "./asset-market.ts";
import type { AssetMarket } from "./asset-market.ts";
import { accountBook } from "./book.ts";
import type { AccountBook } from "./book.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluate.ts";
import { EMPTY_MEMORY } from "./memory.ts";
import type { Memory } from "./memory.ts";
import type { Source } from "./source.ts";
import { NO_SURFACES } from "./surfaces.ts";
import type { LoanSurface, Surfaces } from "./surfaces.ts";
import { targetOf } from "./targets.ts";

const NOW = { venueMs: 1_000_000, localUs: 1_000_000_000 };
const ASSETS = [BTC, ETH].map((asset) => ({ ...asset, minHedgeQty: toDecimal("0.001") }));
const CATALOGUE = { assets: ASSETS, stableCoins: ["USDT", "USDC"] };
const FLAT = [{ minUsd: 0, maxUsd: Number.POSITIVE_INFINITY, ratio: 0.9 }];
const { INPUT_QUALITY_FRESH: FRESH, INPUT_QUALITY_STALE: STALE, INPUT_QUALITY_UNKNOWN: UNKNOWN } = InputQuality;

function source(ageMs = 0): Source {
  return {
    subject: "s",
    messageId: "m",
    exchangeTimeMs: NOW.venueMs - ageMs,
    receiveTimeUs: NOW.localUs - ageMs * 1000,
  };
}

function market(
  price: number,
  options: { ageMs?: number; mark?: number; index?: number | undefined } = {},
): AssetMarket {
  const quote = {
    source: source(options.ageMs),
    kind: TickKind.TICK_KIND_TICKER,
    last: price,
    mark: options.mark ?? price,
    index: "index" in options ? options.index : price,
    markText: String(price),
    bidText: "",
    askText: "",
  };
  return withPriceQuote(withHedgeQuote(EMPTY_MARKET, quote, 0.02), quote, 0.02);
}

function loan(debt: string, options: Partial<LoanSurface> = {}): LoanSurface {
  return {
    source: source(),
    debts: debt === "" ? [] : [{ coin: "USDT", amount: toDecimal(debt) }],
    collateral: [{ coin: "BTC", amount: toDecimal("1"), brackets: FLAT }],
    venueLtv: undefined,
    ...options,
  };
}

function book(loanSurface: LoanSurface | undefined, options: Partial<Surfaces> = {}): AccountBook {
  const surfaces: Surfaces = {
    ...NO_SURFACES,
    wallet: { source: source(), coins: new Map(), maintenanceMarginRate: "" },
    positions: { source: source(), positions: [] },
    loan: loanSurface,
    ...options,
  };
  return accountBook(surfaces, CATALOGUE);
}

function run(
  account: AccountBook,
  prices: readonly AssetMarket[],
  memory: Memory = EMPTY_MEMORY,
  config = testConfig(),
): Evaluation {
  return evaluate({ book: account, market: prices, now: NOW }, rulesOf(config), memory);
}

function targetAfter(account: AccountBook, evaluation: Evaluation): string | undefined {
  const [exposure] = account.exposures;
  return exposure === undefined
    ? undefined
    : targetOf(exposure, ASSETS[0] ?? { ...BTC, minHedgeQty: toDecimal("1") }, evaluation.memory)?.toFixed();
}

const at = (level: RiskLevel): Memory => ({ ...EMPTY_MEMORY, level });
const MARKET = [market(60_000), market(3000)];

describe("evaluation of one account", () => {
  it("computes the LTV from debt, price and ratio, and takes the worse of ours and the venue's", () => {
    const ours = run(book(loan("37800")), MARKET);
    expect(ours.ltv).toBeCloseTo(0.7, 12);
    expect(ours).toMatchObject({ quality: FRESH, state: RiskState.RISK_STATE_CAUTION, effectiveLtv: ours.ltv });
    const venues = run(book(loan("37800", { venueLtv: 0.76 })), MARKET);
    expect(venues).toMatchObject({ effectiveLtv: 0.76, state: RiskState.RISK_STATE_DANGER });
  });

  it("sizes the hedge on everything the account is long, collateral included, and on nothing else (lessons §2 row 6)", () => {
    const account = book(loan("37800"), {
      wallet: { source: source(), coins: new Map([["BTC", toDecimal("0.5")]]), maintenanceMarginRate: "" },
      positions: { source: source(), positions: [{ category: "linear", symbol: "BTCUSDT", qty: toDecimal("-0.2") }] },
    });
    expect(account.exposures[0]?.net?.toFixed()).toBe("1.3");
    expect(account.exposures[0]?.long?.toFixed()).toBe("1.5");
    expect(targetAfter(account, run(account, MARKET))).toBe("-0.75");
  });

  it("adds up both rows of a symbol in hedge mode (lessons §3 row 13)", () => {
    const rows = ["-0.3", "0.1"].map((qty) => ({ category: "linear", symbol: "BTCUSDT", qty: toDecimal(qty) }));
    expect(
      book(loan("1"), { positions: { source: source(), positions: rows } }).exposures[0]?.position?.toFixed(),
    ).toBe("-0.2");
  });

  it("sees every price move through the market, without an account message (lessons §2 row 7)", () => {
    const account = book(loan("37800"));
    const states = [60_000, 55_000, 50_000].map(
      (price) => run(account, [market(price), market(3000)], at(RISK_LEVEL.CAUTION)).state,
    );
    expect(states).toStrictEqual([
      RiskState.RISK_STATE_CAUTION,
      RiskState.RISK_STATE_DANGER,
      RiskState.RISK_STATE_CRITICAL,
    ]);
  });

  it("uses no price but the market's: at another price level the same ratios give the same state (lessons §2 row 10)", () => {
    const low = run(book(loan("3.78")), [market(6), market(3000)]);
    expect(low.state).toBe(RiskState.RISK_STATE_CAUTION);
    expect(low.memory.hedges[0]?.ratio).toBe(run(book(loan("37800")), MARKET).memory.hedges[0]?.ratio);
  });

  it("is NORMAL with LTV 0 without a debt, and wants no hedge, whatever it was before", () => {
    const before: Memory = { ...at(RISK_LEVEL.CRITICAL), hedges: [{ ratio: 1, troughPrice: 50_000 }] };
    const account = book(loan("", { collateral: [] }), {
      positions: { source: source(), positions: [{ category: "linear", symbol: "BTCUSDT", qty: toDecimal("-1") }] },
    });
    const free = run(account, MARKET, before);
    expect(free).toMatchObject({ quality: FRESH, state: RiskState.RISK_STATE_NORMAL, ltv: 0, effectiveLtv: 0 });
    expect(targetAfter(account, free)).toBe("0");
  });

  it("continues a hedge it finds when it has no memory", () => {
    const positions = {
      source: source(),
      positions: [{ category: "linear", symbol: "BTCUSDT", qty: toDecimal("-0.62") }],
    };
    const account = book(loan("34000"), { positions });
    expect(targetAfter(account, run(account, MARKET, EMPTY_MEMORY, testConfig({ strategy: "NR" })))).toBe("-0.62");
  });
});

describe("inputs that are missing or old", () => {
  const fresh = loan("37800");
  it.each<readonly [string, AccountBook, readonly AssetMarket[], InputQuality]>([
    ["no loan was ever read", book(undefined), MARKET, UNKNOWN],
    ["no wallet was ever read", book(fresh, { wallet: undefined }), MARKET, UNKNOWN],
    ["no positions were ever read", book(fresh, { positions: undefined }), MARKET, UNKNOWN],
    ["no price was ever seen", book(fresh), [EMPTY_MARKET, EMPTY_MARKET], UNKNOWN],
    ["the collateral is missing (lessons §2 row 4)", book(loan("37800", { collateral: [] })), MARKET, UNKNOWN],
    [
      "the collateral is zero (lessons §2 row 4)",
      book(loan("37800", { collateral: [{ coin: "BTC", amount: toDecimal("0"), brackets: FLAT }] })),
      MARKET,
      UNKNOWN,
    ],
    [
      "the ratio of the collateral is missing",
      book(loan("1", { collateral: [{ coin: "BTC", amount: toDecimal("1"), brackets: undefined }] })),
      MARKET,
      UNKNOWN,
    ],
    [
      "a collateral coin has no price",
      book(loan("1", { collateral: [{ coin: "DOGE", amount: toDecimal("1"), brackets: FLAT }] })),
      MARKET,
      UNKNOWN,
    ],
    [
      "a debt coin has no price",
      book(loan("1", { debts: [{ coin: "XRP", amount: toDecimal("1") }] })),
      MARKET,
      UNKNOWN,
    ],
    [
      "a wallet coin has no quantity",
      book(fresh, { wallet: { source: source(), coins: new Map([["BTC", undefined]]), maintenanceMarginRate: "" } }),
      MARKET,
      UNKNOWN,
    ],
    ["the price is old", book(fresh), [market(60_000, { ageMs: 10_001 }), market(3000)], STALE],
    ["the loan is old", book(loan("37800", { source: source(15_001) })), MARKET, STALE],
    [
      "the wallet is old",
      book(fresh, { wallet: { source: source(90_001), coins: new Map(), maintenanceMarginRate: "" } }),
      MARKET,
      STALE,
    ],
    ["the positions are old", book(fresh, { positions: { source: source(90_001), positions: [] } }), MARKET, STALE],
  ])("are never NORMAL and open nothing: %s", (_what, account, prices, quality) => {
    const first = run(account, prices);
    expect(first.quality).toBe(quality);
    expect(first.state).not.toBe(RiskState.RISK_STATE_NORMAL);
    expect(first.memory.hedges).toStrictEqual([]);
    const kept: Memory = {
      level: RISK_LEVEL.NORMAL,
      relaxSinceMs: 0,
      jumpHeldAt: undefined,
      hedges: [{ ratio: 0.3, troughPrice: 1 }],
    };
    const later = run(account, prices, kept);
    expect(later.state).not.toBe(RiskState.RISK_STATE_NORMAL);
    expect(later.memory.hedges).toBe(kept.hedges);
    const endangered = run(account, prices, { ...kept, level: RISK_LEVEL.DANGER, relaxSinceMs: 1 });
    expect(endangered.state).toBe(RiskState.RISK_STATE_DANGER);
    expect(endangered.memory.relaxSinceMs).toBe(0);
  });

  it("still let the state rise when the LTV's own inputs are there", () => {
    const account = book(loan("50000"), { wallet: undefined });
    expect(run(account, MARKET, at(RISK_LEVEL.CAUTION))).toMatchObject({
      quality: UNKNOWN,
      state: RiskState.RISK_STATE_CRITICAL,
    });
  });

  it("never give a number for an LTV", () => {
    expect(run(book(undefined), MARKET).effectiveLtv).toBeUndefined();
    expect(run(book(fresh), [EMPTY_MARKET, EMPTY_MARKET]).ltv).toBeUndefined();
  });
});

describe("a jump over a level", () => {
  // Narrow levels: even a move inside the tick limit can jump over one.
  const config = testConfig({ levels: { caution: 0.65, danger: 0.655, critical: 0.66 } });
  const alone = (price: number, reports = 1): AssetMarket => ({
    ...market(price, { index: undefined, mark: price * 2 }),
    accepted: market(price).accepted,
    isWitnessed: false,
    priceReports: reports,
  });

  it("waits for a second report when nothing vouches for the price", () => {
    const account = book(loan("35910"));
    const held = run(account, [alone(60_000)], at(RISK_LEVEL.NORMAL), config);
    expect(held).toMatchObject({ isHeld: true, state: RiskState.RISK_STATE_NORMAL });
    const again = run(account, [alone(60_000)], held.memory, config);
    expect(again).toMatchObject({ isHeld: true, state: RiskState.RISK_STATE_NORMAL });
    const confirmed = run(account, [alone(60_000, 2)], again.memory, config);
    expect(confirmed).toMatchObject({ isHeld: false, state: RiskState.RISK_STATE_CRITICAL });
    expect(confirmed.memory.jumpHeldAt).toBeUndefined();
  });

  it("is believed at once with mark or index beside it, or when the venue says the same", () => {
    expect(run(book(loan("35910")), [market(60_000)], at(RISK_LEVEL.NORMAL), config).state).toBe(
      RiskState.RISK_STATE_CRITICAL,
    );
    const account = book(loan("35910", { venueLtv: 0.67 }));
    expect(run(account, [alone(60_000)], at(RISK_LEVEL.NORMAL), config).state).toBe(RiskState.RISK_STATE_CRITICAL);
  });

  it("is none from one level to the next", () => {
    expect(run(book(loan("35910")), [alone(60_000)], at(RISK_LEVEL.DANGER), config).state).toBe(
      RiskState.RISK_STATE_CRITICAL,
    );
  });
});

describe("several assets", () => {
  it("hedges each by the same debt, and values a debt in a coin at the coin's price", () => {
    const account = book(
      loan("0", {
        debts: [{ coin: "ETH", amount: toDecimal("10") }],
        collateral: [{ coin: "BTC", amount: toDecimal("1"), brackets: FLAT }],
      }),
    );
    const evaluation = run(account, MARKET);
    expect(evaluation.debtUsd).toBe(30_000);
    expect(account.exposures.map((exposure) => exposure.long?.toFixed())).toStrictEqual(["1", "-10"]);
    expect(evaluation.memory.hedges[1]).toMatchObject({ ratio: 0 });
  });
});

describe("properties", () => {
  const strategies = fc.constantFrom("NR" as const, "STEP" as const);
  const quantities = fc.integer({ min: 0, max: 50_000 }).map((digits) => toDecimal(`${digits}e-4`));

  it("a target lies between minus the long delta and 0, and the answer is the same twice", () => {
    fc.assert(
      fc.property(
        strategies,
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 1000, max: 100_000 }),
        quantities,
        quantities,
        (strategy, debt, price, held, short) => {
          const account = book(loan(String(debt)), {
            wallet: { source: source(), coins: new Map([["BTC", held]]), maintenanceMarginRate: "" },
            positions: {
              source: source(),
              positions: [{ category: "linear", symbol: "BTCUSDT", qty: short.negated() }],
            },
          });
          const prices = [market(price), market(3000)];
          const config = testConfig({ strategy });
          const evaluation = run(account, prices, EMPTY_MEMORY, config);
          expect(run(account, prices, EMPTY_MEMORY, config)).toStrictEqual(evaluation);
          const long = account.exposures[0]?.long ?? toDecimal("0");
          const target = toDecimal(targetAfter(account, evaluation) ?? "NaN");
          expect(target.lte(0) && target.gte(long.negated())).toBe(true);
        },
      ),
    );
  });

  it("a lower price never gives a lower state or a smaller hedge", () => {
    fc.assert(
      fc.property(
        strategies,
        fc.integer({ min: 1, max: 80_000 }),
        fc.integer({ min: 1000, max: 100_000 }),
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        (strategy, debt, price, factor) => {
          const account = book(loan(String(debt)));
          const config = testConfig({ strategy });
          const before = run(account, [market(price)], EMPTY_MEMORY, config);
          const after = run(account, [market(price * factor)], before.memory, config);
          expect(after.memory.level).toBeGreaterThanOrEqual(before.memory.level ?? 0);
          expect(after.memory.hedges[0]?.ratio).toBeGreaterThanOrEqual(before.memory.hedges[0]?.ratio ?? 0);
        },
      ),
    );
  });
});
