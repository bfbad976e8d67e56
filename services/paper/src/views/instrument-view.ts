import { QUOTE_COIN } from "../domain/instruments.ts";
import type { LinearInstrument, SpotInstrument } from "../domain/instruments.ts";
import { contractKind, settleCoinOf } from "../domain/positions.ts";
import type { JsonObject } from "./json.ts";

/** A row of instruments-info, category linear: the field set and order captured on 2026-08-09. */
export function linearInstrumentRow(linear: LinearInstrument): JsonObject {
  const inverse = contractKind(linear.symbol) === "inverse";
  return {
    symbol: linear.symbol,
    contractType: inverse ? "InversePerpetual" : "LinearPerpetual",
    status: "Trading",
    baseCoin: linear.baseCoin,
    quoteCoin: inverse ? "USD" : QUOTE_COIN,
    launchTime: linear.launchTime,
    deliveryTime: "0",
    deliveryFeeRate: "",
    priceScale: String(linear.priceScale),
    leverageFilter: { minLeverage: "1", maxLeverage: linear.maxLeverage, leverageStep: "0.01" },
    priceFilter: { minPrice: linear.minPrice, maxPrice: linear.maxPrice, tickSize: linear.tickSize },
    lotSizeFilter: {
      maxOrderQty: linear.maxOrderQty,
      minOrderQty: linear.minOrderQty,
      qtyStep: linear.qtyStep,
      postOnlyMaxOrderQty: linear.maxOrderQty,
      maxMktOrderQty: linear.maxMktOrderQty,
      minNotionalValue: linear.minNotionalValue,
    },
    unifiedMarginTrade: true,
    fundingInterval: linear.fundingIntervalMinutes,
    settleCoin: settleCoinOf(linear.symbol),
    copyTrading: "both",
    upperFundingRate: linear.fundingCap,
    lowerFundingRate: `-${linear.fundingCap}`,
    isPreListing: false,
    preListingInfo: null,
    riskParameters: { priceLimitRatioX: linear.priceLimitRatioX, priceLimitRatioY: linear.priceLimitRatioY },
    displayName: "",
    symbolType: "",
    forbidUplWithdrawal: false,
    symbolId: linear.symbolId,
  };
}

/** A row of instruments-info, category spot: the field set and order captured on 2026-08-09. */
export function spotInstrumentRow(spot: SpotInstrument): JsonObject {
  return {
    symbolId: spot.symbolId,
    symbol: spot.symbol,
    baseCoin: spot.baseCoin,
    quoteCoin: QUOTE_COIN,
    innovation: "0",
    status: "Trading",
    marginTrading: "utaOnly",
    stTag: "0",
    lotSizeFilter: {
      basePrecision: spot.basePrecision,
      quotePrecision: spot.quotePrecision,
      minOrderQty: spot.minOrderQty,
      maxOrderQty: spot.maxOrderQty,
      minOrderAmt: spot.minOrderAmt,
      maxOrderAmt: spot.maxOrderAmt,
      maxLimitOrderQty: spot.maxOrderQty,
      maxMarketOrderQty: spot.maxMarketOrderQty,
      postOnlyMaxLimitOrderSize: spot.postOnlyMaxLimitOrderSize,
    },
    priceFilter: { tickSize: spot.tickSize },
    riskParameters: { priceLimitRatioX: spot.priceLimitRatioX, priceLimitRatioY: spot.priceLimitRatioY },
    symbolType: "",
    xstockMultiplier: "1",
  };
}
