import type { Account } from "./account.ts";
import { doOrDefer } from "./bank.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { emitWallet } from "./fills.ts";
import { postFund, postUnified } from "./ledger.ts";
import { DECIMAL_TEXT, ZERO, decimal } from "./money.ts";
import type { Decimal } from "./money.ts";
import type { Result } from "./refusal.ts";
import { accept, refuse } from "./refusal.ts";
import type { ExchangeState } from "./state.ts";
import { withdrawable } from "./withdrawable.ts";
import type { AccountType, Transfer } from "./transfer-record.ts";

export interface TransferRequest {
  readonly transferId: string;
  readonly coin: string;
  readonly amount: string;
  readonly fromAccountType: string;
  readonly toAccountType: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PLACES = 8;
const WALLETS: readonly string[] = ["UNIFIED", "FUND"];

function isWallet(text: string): text is AccountType {
  return WALLETS.includes(text);
}

/** What a wallet lets go of a coin. */
function transferable(state: ExchangeState, account: Account, from: AccountType, coin: string): Decimal {
  return from === "FUND" ? (account.fund.get(coin) ?? ZERO) : withdrawable(state, account, coin);
}

/** Takes the amount from its wallet: at once, also while the transfer is pending. */
function debit(account: Account, moved: Transfer, timeMs: number): void {
  const { coin } = moved;
  const posting = { coin, type: "TRANSFER_OUT", timeMs, cashFlow: moved.amount.negated() } as const;
  if (moved.from === "FUND") postFund(account, posting);
  else postUnified(account, posting);
}

/** Brings the amount to its wallet. */
function credit(account: Account, moved: Transfer, timeMs: number): void {
  const posting = { coin: moved.coin, type: "TRANSFER_IN", timeMs, cashFlow: moved.amount } as const;
  if (moved.to === "FUND") postFund(account, posting);
  else postUnified(account, posting);
}

function checkTransfer(state: ExchangeState, account: Account, request: TransferRequest): Result<Transfer> {
  const { transferId, coin, amount, fromAccountType: from, toAccountType: to } = request;
  if (!UUID.test(transferId)) return refuse(131200, "transferId must be a UUID");
  if (account.transfers.has(transferId)) return refuse(131214, "the transferId already exists");
  if (!isWallet(from) || !isWallet(to) || from === to) return refuse(131208, "account type is not supported");
  if (!DECIMAL_TEXT.test(amount) || !decimal(amount).isGreaterThan(0))
    return refuse(131203, "amount must be greater than 0");
  if ((decimal(amount).decimalPlaces() ?? 0) > PLACES) return refuse(131210, "amount precision is exceeded");
  if (decimal(amount).isGreaterThan(transferable(state, account, from, coin))) {
    return refuse(131212, "user insufficient balance");
  }
  return accept({ transferId, coin, amount: decimal(amount), from, to, createdMs: 0, status: "PENDING" });
}

/**
 * Moves a coin between funding and unified wallet under the transferable-amount rule ({@link withdrawable}).
 * @returns the transfer; refused with 131212 when less can leave, 131214 for an id that was used
 */
export function transfer(
  state: ExchangeState,
  account: Account,
  request: TransferRequest,
  timeMs: number,
  emit: Emit,
): Result<Transfer> {
  const checked = checkTransfer(state, account, request);
  if (!checked.ok) return checked;
  const done: Transfer = { ...checked.value, createdMs: timeMs };
  const { bank } = state;
  account.transfers.set(done.transferId, done);
  debit(account, done, timeMs);
  refreshFast(state, account);
  if (done.from === "UNIFIED") emitWallet(state, account, timeMs, emit, [done.coin]);
  const arrive = (atMs: number, tell: Emit): void => {
    credit(account, done, atMs);
    done.status = "SUCCESS";
    refreshFast(state, account);
    if (done.to === "UNIFIED") emitWallet(state, account, atMs, tell, [done.coin]);
  };
  const atOnce = doOrDefer(bank, bank.transferDelayMs, arrive, { timeMs, emit });
  if (!atOnce && bank.transferAnswer === "unknown") done.status = "STATUS_UNKNOWN";
  return accept(done);
}

/** What is under way between the wallets of a coin: already taken from one, not yet in the other. */
export function inTransit(account: Account, coin: string): Decimal {
  let total = ZERO;
  for (const one of account.transfers.values()) {
    if (one.coin === coin && one.status !== "SUCCESS" && one.status !== "FAILED") total = total.plus(one.amount);
  }
  return total;
}
