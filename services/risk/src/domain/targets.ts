import { ZERO, hedgeTargetQty } from "@hedgelock/finance";
import type { Decimal } from "@hedgelock/finance";

import type { Exposure } from "./book.ts";
import type { Asset } from "./instrument.ts";
import type { Memory } from "./memory.ts";

/** The absolute position to hold, exactly; undefined while the exposure or the ratio is not known. */
export function targetOf(exposure: Exposure, asset: Asset, memory: Memory): Decimal | undefined {
  const hedge = memory.hedges[exposure.asset];
  if (hedge === undefined || exposure.long === undefined) return undefined;
  return hedge.ratio === 0 ? ZERO : hedgeTargetQty(exposure.long, hedge.ratio, asset.minHedgeQty);
}

/** The same as a double, for the path of every tick; NaN when not known. */
export function targetQty(exposure: Exposure, minHedgeQty: number, memory: Memory): number {
  const ratio = memory.hedges[exposure.asset]?.ratio ?? Number.NaN;
  if (ratio === 0 || exposure.longQty <= 0) return 0;
  const qty = ratio * exposure.longQty;
  return qty < minHedgeQty ? 0 : -qty;
}
