import type { Account } from "./account.ts";
import { postUnified } from "./ledger.ts";
import type { LedgerType } from "./ledger-entry.ts";
import type { Decimal } from "./money.ts";
import { coinBalance } from "./wallet.ts";

/** One fill as the wallet sees it. */
interface Fill {
  readonly symbol: string;
  readonly side: "Buy" | "Sell";
  readonly qty: Decimal;
  readonly price: Decimal;
  /** Above 0 paid. */
  readonly fee: Decimal;
  readonly feeRate: string;
  readonly execId: string;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly timeMs: number;
}

/** A fill of a perpetual. */
export interface ContractFill extends Fill {
  readonly category: "linear" | "inverse";
  readonly settleCoin: string;
  /** Realised profit before fees, settle coin. */
  readonly pnl: Decimal;
  /** Signed position after the fill. */
  readonly size: Decimal;
  readonly type: Extract<LedgerType, "TRADE" | "LIQUIDATION" | "ADL">;
}

function facts(fill: Fill) {
  const { symbol, side, qty, price, feeRate, execId, orderId, orderLinkId, timeMs } = fill;
  return { symbol, side, qty, tradePrice: price, feeRate, tradeId: execId, orderId, orderLinkId, timeMs };
}

/** Settles realised profit and fee of a perpetual's fill in its settle coin. */
export function settleContractFill(account: Account, fill: ContractFill): void {
  const { category, settleCoin: coin, pnl, fee, size, type } = fill;
  postUnified(account, { ...facts(fill), coin, type, category, size, cashFlow: pnl, fee });
  const balance = coinBalance(account.wallet, coin);
  balance.cumRealisedPnl = balance.cumRealisedPnl.plus(pnl).minus(fee);
}

/** A spot fill: the reservation is given back by the caller (`release` of wallet.ts) before or after. */
export interface SpotFill extends Fill {
  readonly baseCoin: string;
  readonly quoteCoin: string;
  /** qty x price, quote coin. */
  readonly value: Decimal;
}

/**
 * Exchanges the coins of a spot fill: two rows of the transaction log. The fee is taken from what is received: base coin
 * on a buy, quote coin on a sell (Bybit v5, spot fee currency with a positive rate).
 */
export function settleSpotFill(account: Account, fill: SpotFill): void {
  const { baseCoin, quoteCoin, qty, value, fee } = fill;
  const common = { ...facts(fill), type: "TRADE", category: "spot" } as const;
  if (fill.side === "Buy") {
    postUnified(account, { ...common, coin: quoteCoin, cashFlow: value.negated() });
    postUnified(account, { ...common, coin: baseCoin, cashFlow: qty, fee });
  } else {
    postUnified(account, { ...common, coin: baseCoin, cashFlow: qty.negated() });
    postUnified(account, { ...common, coin: quoteCoin, cashFlow: value, fee });
  }
}
