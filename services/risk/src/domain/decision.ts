import { InputQuality, RiskState } from "@hedgelock/contracts";
import type { AssetExposure, Decision, EngineMemory, HedgeTarget, InputRef, Trigger } from "@hedgelock/contracts";
import { formatDecimal, formatNumber, formatRatio, parseNumber } from "@hedgelock/finance";
import type { HedgeMemory } from "@hedgelock/finance";

import type { AssetMarket } from "./asset-market.ts";
import type { AccountBook } from "./book.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Asset } from "./instrument.ts";
import type { Published, Reason } from "./material.ts";
import type { Memory } from "./memory.ts";
import type { Moment, Source } from "./source.ts";
import { targetOf } from "./targets.ts";

/** Everything a decision is written from: the same values give the same bytes. */
export interface DecisionContent {
  readonly account: string;
  readonly writer: string;
  readonly epoch: number;
  readonly version: number;
  readonly previousState: RiskState;
  readonly policyVersion: string;
  readonly reasons: readonly Reason[];
  readonly trigger: Trigger | undefined;
  /** The message whose trace is continued; the same as the trigger unless time alone led here. */
  readonly continued: Trigger | undefined;
  /** Reads a `traceparent` header. */
  readonly traceOf: (header: string | undefined) => { readonly traceId: string; readonly spanId: string } | undefined;
  readonly assets: readonly Asset[];
  readonly book: AccountBook;
  readonly market: readonly AssetMarket[];
  readonly evaluation: Evaluation;
  readonly now: Moment;
}

function exposuresOf(book: AccountBook, assets: readonly Asset[]): AssetExposure[] {
  return book.exposures.map(({ asset, holdings, net }) => ({
    base: assets[asset]?.base ?? "",
    collateralQty: formatDecimal(holdings.collateral),
    walletQty: formatDecimal(holdings.wallet),
    debtQty: formatDecimal(holdings.debt),
    perpQty:
      holdings.linearPerps === undefined || holdings.inversePerps === undefined
        ? ""
        : formatDecimal(holdings.linearPerps.plus(holdings.inversePerps)),
    netDeltaQty: formatDecimal(net),
  }));
}

/** With UNKNOWN inputs there is no target: a reader has nothing to act on. With STALE ones it is the last known. */
function targetsOf({ book, assets, market, evaluation }: DecisionContent): HedgeTarget[] {
  if (evaluation.quality === InputQuality.INPUT_QUALITY_UNKNOWN) return [];
  return book.exposures.flatMap((exposure) => {
    const asset = assets[exposure.asset];
    const target = asset === undefined ? undefined : targetOf(exposure, asset, evaluation.memory);
    if (asset === undefined || target === undefined) return [];
    const quote = market[exposure.asset]?.hedge;
    return {
      category: asset.hedge.category,
      symbol: asset.hedge.symbol,
      targetQty: formatDecimal(target),
      bandQty: formatDecimal(asset.minHedgeQty),
      positionQty: formatDecimal(exposure.position),
      markPrice: quote?.markText ?? "",
      bidPrice: quote?.bidText ?? "",
      askPrice: quote?.askText ?? "",
    };
  });
}

function inputsOf({ book, market, trigger, traceOf }: DecisionContent): InputRef[] {
  const { wallet, positions, loan } = book.surfaces;
  const sources: (Source | undefined)[] = [wallet?.source, positions?.source, loan?.source];
  for (const asset of book.assets) {
    sources.push(market[asset]?.accepted?.quote.source, market[asset]?.hedge?.source);
  }
  return sources.flatMap((source) => {
    if (source === undefined) return [];
    const { subject, messageId, exchangeTimeMs } = source;
    if (messageId === trigger?.messageId && subject === trigger.subject) return [];
    const trace = traceOf(source.traceparent);
    return { subject, messageId, exchangeTimeMs, traceId: trace?.traceId ?? "", spanId: trace?.spanId ?? "" };
  });
}

function wireMemory(memory: Memory, assets: readonly Asset[]): EngineMemory {
  return {
    relaxSinceMs: memory.relaxSinceMs,
    symbols: assets.flatMap((asset, index) => {
      const hedge = memory.hedges[index];
      return hedge === undefined
        ? []
        : {
            symbol: asset.hedge.symbol,
            troughPrice: formatNumber(hedge.troughPrice),
            hedgeRatio: formatNumber(hedge.ratio),
          };
    }),
  };
}

/** Writes a decision down. Pure. */
export function decisionOf(content: DecisionContent): Decision {
  const { book, evaluation, now } = content;
  return {
    account: content.account,
    version: content.version,
    writer: content.writer,
    epoch: content.epoch,
    state: evaluation.state,
    previousState: content.previousState,
    inputQuality: evaluation.quality,
    ltv: formatRatio(evaluation.ltv),
    venueLtv: formatNumber(book.venueLtv),
    effectiveLtv: formatRatio(evaluation.effectiveLtv),
    maintenanceMarginRate: book.surfaces.wallet?.maintenanceMarginRate ?? "",
    exposures: exposuresOf(book, content.assets),
    targets: targetsOf(content),
    policyVersion: content.policyVersion,
    reasons: content.reasons,
    trigger: content.trigger,
    inputs: inputsOf(content),
    decidedTimeUs: now.localUs,
    exchangeTimeMs: now.venueMs,
    memory: wireMemory(evaluation.memory, content.assets),
    continued: content.trigger === undefined ? content.continued : undefined,
  };
}

function levelOf(state: RiskState): Memory["level"] {
  return state === RiskState.RISK_STATE_UNSPECIFIED ? undefined : state;
}

/** What a successor continues from. @throws FinanceInputError when the decision's numbers are garbled */
export function memoryOf(decision: Decision, assets: readonly Asset[]): Memory {
  const hedges = assets.map((asset): HedgeMemory | undefined => {
    const known = decision.memory?.symbols.find((entry) => entry.symbol === asset.hedge.symbol);
    if (known === undefined) return undefined;
    const ratio = parseNumber(known.hedgeRatio);
    const troughPrice = parseNumber(known.troughPrice);
    return ratio === undefined || troughPrice === undefined ? undefined : { ratio, troughPrice };
  });
  return {
    level: levelOf(decision.state),
    relaxSinceMs: decision.memory?.relaxSinceMs ?? 0,
    jumpHeldAt: undefined,
    hedges,
  };
}

/** What the next decision is compared with. @throws FinanceInputError when the decision's numbers are garbled */
export function publishedOf(decision: Decision, assets: readonly Asset[]): Published {
  return {
    version: decision.version,
    epoch: decision.epoch,
    state: decision.state,
    quality: decision.inputQuality,
    policyVersion: decision.policyVersion,
    targets: assets.map((asset) => {
      const target = decision.targets.find(
        (entry) => entry.symbol === asset.hedge.symbol && entry.category === asset.hedge.category,
      );
      return target === undefined ? undefined : parseNumber(target.targetQty);
    }),
    decidedTimeUs: decision.decidedTimeUs,
  };
}
