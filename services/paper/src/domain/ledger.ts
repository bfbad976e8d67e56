import type { Account } from "./account.ts";
import { ZERO } from "./money.ts";
import type { Decimal } from "./money.ts";
import { coinBalance } from "./wallet.ts";
import type { LedgerEntry, Posting } from "./ledger-entry.ts";

function changeOf(posting: Posting): Decimal {
  return (posting.cashFlow ?? ZERO).plus(posting.funding ?? ZERO).minus(posting.fee ?? ZERO);
}

/** The only way to change a balance of the unified wallet: changes it and files why. */
export function postUnified(account: Account, posting: Posting): LedgerEntry {
  const balance = coinBalance(account.wallet, posting.coin);
  const change = changeOf(posting);
  balance.walletBalance = balance.walletBalance.plus(change);
  const entry = { ...posting, number: account.ledger.length + 1, change, cashBalance: balance.walletBalance };
  account.ledger.push(entry);
  return entry;
}

/** The only way to change a balance of the funding wallet of a real account: changes it and files why. */
export function postFund(account: Account, posting: Posting): LedgerEntry {
  const change = changeOf(posting);
  const cashBalance = (account.fund.get(posting.coin) ?? ZERO).plus(change);
  account.fund.set(posting.coin, cashBalance);
  const entry = { ...posting, number: account.fundLedger.length + 1, change, cashBalance };
  account.fundLedger.push(entry);
  return entry;
}
