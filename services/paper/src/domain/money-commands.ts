import type { Account } from "./account.ts";
import { borrowUnified, repayUnified } from "./borrow-unified.ts";
import { applyDemoMoney } from "./demo-money.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { setLeverage } from "./leverage.ts";
import type { LeverageRequest } from "./leverage.ts";
import { adjustCollateral } from "./loan-adjust.ts";
import type { AdjustRequest } from "./loan-adjust.ts";
import { borrowFixed, cancelFixedOrder, repayFixed } from "./loan-fixed.ts";
import type { FixedBorrowRequest } from "./loan-fixed.ts";
import { borrowFlexible, repayFlexible, repayWithCollateral } from "./loan-flexible.ts";
import type { BorrowRequest } from "./loan-flexible.ts";
import { adjustLegacy, repayLegacy } from "./loan-legacy.ts";
import type { CoinAmount } from "./loan-pool.ts";
import { accountMargin } from "./margin.ts";
import { UNIFIED_TIERS } from "./margin-tiers.ts";
import { plain } from "./money.ts";
import type { Result } from "./refusal.ts";
import { accept, refuse } from "./refusal.ts";
import { marginRules } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { transfer } from "./transfers.ts";
import type { TransferRequest } from "./transfers.ts";
import { unreachable } from "./unreachable.ts";

/** Everything a client can ask about money, in plain data: what is written down can be done again. */
export type MoneyCommand =
  | { readonly kind: "transfer"; readonly request: TransferRequest }
  | { readonly kind: "loan_borrow"; readonly request: BorrowRequest }
  | { readonly kind: "loan_repay"; readonly request: { readonly loanCurrency: string; readonly amount: string } }
  | {
      readonly kind: "loan_repay_collateral";
      readonly request: { readonly loanCurrency: string; readonly collateralCoin: string; readonly amount: string };
    }
  | { readonly kind: "loan_adjust"; readonly request: AdjustRequest }
  | { readonly kind: "fixed_borrow"; readonly request: FixedBorrowRequest }
  | { readonly kind: "fixed_cancel"; readonly orderId: string }
  | {
      readonly kind: "fixed_repay";
      readonly request: { readonly loanId: string | undefined; readonly loanCurrency: string | undefined };
    }
  | { readonly kind: "legacy_repay"; readonly request: { readonly orderId: string; readonly amount: string } }
  | {
      readonly kind: "legacy_adjust";
      readonly request: { readonly orderId: string; readonly amount: string; readonly direction: 0 | 1 };
    }
  | { readonly kind: "leverage"; readonly request: LeverageRequest }
  | { readonly kind: "borrow"; readonly request: { readonly coin: string; readonly amount: string } }
  | {
      readonly kind: "repay";
      readonly request: { readonly coin: string | undefined; readonly amount: string | undefined };
    }
  | { readonly kind: "collateral_switch"; readonly coin: string; readonly on: boolean }
  | {
      readonly kind: "demo_money";
      readonly request: { readonly reduce: boolean; readonly coins: readonly CoinAmount[] };
    };

/** The result object of the answer. */
export type MoneyAnswer = Readonly<Record<string, string | number>>;

/** Turns a success into the answer's fields. */
function answerWith<T>(result: Result<T>, fields: (value: T) => MoneyAnswer): Result<MoneyAnswer> {
  return result.ok ? accept(fields(result.value)) : result;
}

/** Switches a coin in or out of the margin; refused when the account could not carry its positions without it. */
function switchCollateral(state: ExchangeState, account: Account, coin: string, on: boolean): Result<MoneyAnswer> {
  if (!UNIFIED_TIERS.has(coin) || coin.startsWith("USD")) return refuse(10001, "params error: coin invalid");
  const before = account.collateralOff.has(coin);
  if (on) account.collateralOff.delete(coin);
  else account.collateralOff.add(coin);
  const { imRate } = accountMargin(account, marginRules(state));
  if (!on && (imRate === undefined || imRate.isGreaterThan(1))) {
    if (!before) account.collateralOff.delete(coin);
    return refuse(3400001, "The collateral cannot be switched off: the margin would not suffice.");
  }
  refreshFast(state, account);
  return accept({});
}

type LoanCommand = Extract<MoneyCommand, { readonly kind: `${"loan" | "fixed" | "legacy"}_${string}` }>;
type UnifiedCommand = Exclude<MoneyCommand, LoanCommand>;

function isLoanCommand(command: MoneyCommand): command is LoanCommand {
  return /^(?:loan|fixed|legacy)_/.test(command.kind);
}

function runLoanCommand(
  state: ExchangeState,
  account: Account,
  command: LoanCommand,
  timeMs: number,
  emit: Emit,
): Result<MoneyAnswer> {
  switch (command.kind) {
    case "loan_borrow":
      return answerWith(borrowFlexible(state, account, command.request, timeMs, emit), ({ orderId }) => ({ orderId }));
    case "loan_repay":
      return answerWith(repayFlexible(state, account, command.request, timeMs, emit), ({ repayId }) => ({ repayId }));
    case "loan_repay_collateral":
      return answerWith(repayWithCollateral(state, account, command.request, timeMs), () => ({}));
    case "loan_adjust":
      return answerWith(adjustCollateral(state, account, command.request, timeMs, emit), ({ adjustId }) => ({
        adjustId,
      }));
    case "fixed_borrow":
      return answerWith(borrowFixed(state, account, command.request, timeMs), ({ orderId }) => ({ orderId }));
    case "fixed_cancel":
      return answerWith(cancelFixedOrder(account, command.orderId), () => ({}));
    case "fixed_repay":
      return answerWith(repayFixed(state, account, command.request, timeMs), (repayId) => ({ repayId }));
    case "legacy_repay":
      return answerWith(repayLegacy(state, account, command.request, timeMs), (repayId) => ({ repayId }));
    case "legacy_adjust":
      return answerWith(adjustLegacy(state, account, command.request, timeMs), (adjustId) => ({ adjustId }));
    default:
      return unreachable(command);
  }
}

function runUnifiedCommand(
  state: ExchangeState,
  account: Account,
  command: UnifiedCommand,
  timeMs: number,
  emit: Emit,
): Result<MoneyAnswer> {
  switch (command.kind) {
    case "transfer":
      return answerWith(transfer(state, account, command.request, timeMs, emit), ({ transferId, status }) => ({
        transferId,
        status,
      }));
    case "leverage":
      return answerWith(setLeverage(state, account, command.request, timeMs, emit), () => ({}));
    case "borrow":
      return answerWith(borrowUnified(state, account, command.request, timeMs, emit), (amount) => ({
        coin: command.request.coin,
        amount: plain(amount),
      }));
    case "repay":
      return answerWith(repayUnified(state, account, command.request, timeMs, emit), () => ({ resultStatus: "SU" }));
    case "collateral_switch":
      return switchCollateral(state, account, command.coin, command.on);
    case "demo_money":
      return answerWith(applyDemoMoney(state, account, command.request, timeMs, emit), () => ({}));
    default:
      return unreachable(command);
  }
}

/** Does what a client asks about money. */
export function runMoneyCommand(
  state: ExchangeState,
  account: Account,
  command: MoneyCommand,
  timeMs: number,
  emit: Emit,
): Result<MoneyAnswer> {
  return isLoanCommand(command)
    ? runLoanCommand(state, account, command, timeMs, emit)
    : runUnifiedCommand(state, account, command, timeMs, emit);
}
