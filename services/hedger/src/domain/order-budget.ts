import type { Intent, LedgerState, OrderBudget } from "@hedgelock/contracts";
import { type Decimal, formatDecimal } from "@hedgelock/finance";

import { qtyOf } from "./ledger-state.ts";

const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
/** Order times kept beyond the minute are no use; more than this within one would be another fault. */
const MAX_ORDER_TIMES = 200;

const NO_BUDGET: OrderBudget = { day: 0, orderedToday: [], recentOrderTimesMs: [] };

/** The venue's UTC day. */
export function dayOf(venueTimeMs: number): number {
  return Math.floor(venueTimeMs / DAY_MS);
}

/** The budget as it stands at a venue time: a new day starts empty, order times older than a minute are gone. */
export function budgetAt(state: LedgerState, venueTimeMs: number): OrderBudget {
  const budget = state.budget ?? NO_BUDGET;
  const day = Math.max(budget.day, dayOf(venueTimeMs));
  return {
    day,
    orderedToday: day === budget.day ? budget.orderedToday : [],
    recentOrderTimesMs: budget.recentOrderTimesMs
      .filter((timeMs) => timeMs > venueTimeMs - MINUTE_MS)
      .slice(-MAX_ORDER_TIMES),
  };
}

/** Base quantity ordered today and not given back. */
export function orderedToday(budget: OrderBudget, symbol: string): Decimal {
  return qtyOf(budget.orderedToday.find((entry) => entry.symbol === symbol)?.qty ?? "");
}

function withOrdered(budget: OrderBudget, symbol: string, qty: Decimal): OrderBudget {
  const rest = budget.orderedToday.filter((entry) => entry.symbol !== symbol);
  return { ...budget, orderedToday: [...rest, { symbol, qty: formatDecimal(qty) }] };
}

/** Books one more request to the venue. */
export function spendRequest(budget: OrderBudget, venueTimeMs: number): OrderBudget {
  return { ...budget, recentOrderTimesMs: [...budget.recentOrderTimesMs, venueTimeMs].slice(-MAX_ORDER_TIMES) };
}

/** Books an order's quantity. */
export function spendQty(budget: OrderBudget, symbol: string, qty: string): OrderBudget {
  return withOrdered(budget, symbol, orderedToday(budget, symbol).plus(qtyOf(qty)));
}

/** Gives back what a resolved order did not trade, so that refusals and empty books do not use up the day. */
export function giveBack(state: LedgerState, intent: Intent): LedgerState {
  const budget = state.budget ?? NO_BUDGET;
  const unfilled = qtyOf(intent.qty).minus(qtyOf(intent.cumExecQty));
  if (unfilled.lte(0) || dayOf(intent.signTimeMs) !== budget.day) return state;
  const left = orderedToday(budget, intent.symbol).minus(unfilled);
  return { ...state, budget: withOrdered(budget, intent.symbol, left.isNegative() ? qtyOf("") : left) };
}
