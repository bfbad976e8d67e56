import type { Intent, PostconditionChecked } from "@hedgelock/contracts";
import { formatDecimal } from "@hedgelock/finance";

import { qtyOf } from "./ledger-state.ts";

/**
 * Checks an intent's postcondition: on position data newer than its last fill, the position is inside the band that
 * its decision asked for. A residual names its reason.
 * @param positionQty signed position from the venue
 * @param lotSize smallest tradable step of the instrument
 * @param superseded whether a later intent of the instrument has been opened meanwhile
 */
export function checkPostcondition(
  intent: Intent,
  positionQty: string,
  lotSize: string,
  superseded: boolean,
): PostconditionChecked {
  const residual = qtyOf(intent.targetQty).minus(qtyOf(positionQty));
  const satisfied = residual.abs().lte(qtyOf(intent.bandQty));
  const reason = (): string => {
    if (satisfied) return "";
    if (superseded) return "superseded";
    if (residual.abs().lt(qtyOf(lotSize))) return "below_minimum_lot";
    return qtyOf(intent.cumExecQty).lt(qtyOf(intent.qty)) ? "filled_in_part" : "more_orders_needed";
  };
  return {
    linkId: intent.linkId,
    satisfied,
    targetQty: intent.targetQty,
    positionQty: formatDecimal(qtyOf(positionQty)),
    residualQty: formatDecimal(residual),
    reason: reason(),
  };
}
