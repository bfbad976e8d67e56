import type { LoanLiquidation } from "./loans.ts";
import type { AccountMargin } from "./margin.ts";
import type { PositionMargin } from "./margin.ts";
import type { Execution, OrderSnapshot } from "./orders.ts";
import type { PositionSnapshot } from "./positions.ts";

/** A position with the margin figures it had at one moment. */
export interface PositionState {
  readonly position: PositionSnapshot;
  readonly margin: PositionMargin;
}

/** What the exchange tells an account, in the order in which it happened. Values are as of `timeMs`. */
export type ExchangeEvent =
  | {
      readonly kind: "order";
      readonly uid: string;
      readonly timeMs: number;
      readonly seq: number;
      readonly order: OrderSnapshot;
    }
  /** All fills of one match. */
  | {
      readonly kind: "execution";
      readonly uid: string;
      readonly timeMs: number;
      readonly seq: number;
      readonly executions: readonly Execution[];
    }
  | { readonly kind: "position"; readonly uid: string; readonly timeMs: number; readonly state: PositionState }
  | {
      readonly kind: "wallet";
      readonly uid: string;
      readonly timeMs: number;
      readonly margin: AccountMargin;
      readonly coins: readonly string[];
    }
  /** Not told to the account (Bybit has no topic for loans): logged and shown by polling. */
  | {
      readonly kind: "loan_liquidated";
      readonly uid: string;
      readonly timeMs: number;
      readonly liquidation: LoanLiquidation;
    }
  | { readonly kind: "unified_liquidated"; readonly uid: string; readonly timeMs: number; readonly mmRate: string };

export type Emit = (event: ExchangeEvent) => void;
