import type { StoredMessage } from "@hedgelock/bus";
import { AccountSnapshot, HEADER, accountSubject } from "@hedgelock/contracts";
import type { AccountKind, CoinBalance, LoanSnapshot, PositionsSnapshot, WalletSnapshot } from "@hedgelock/contracts";
import { checkBrackets, formatNumber, maintenanceMarginRate, parseDecimal, parseNumber } from "@hedgelock/finance";
import type { CollateralBracket, Decimal } from "@hedgelock/finance";

import { orPoison } from "./decode-tick.ts";
import type { Source } from "./domain/source.ts";
import type { LoanSurface, PositionsSurface, SurfaceUpdate, WalletSurface } from "./domain/surfaces.ts";

/** A snapshot as it arrived, and as the domain reads it. */
export interface ReadSnapshot {
  readonly account: string;
  readonly snapshot: AccountSnapshot;
  readonly source: Source;
  readonly update: SurfaceUpdate;
}

function needed(what: string, text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new RangeError(`${what} is missing`);
  return value;
}

function amount(what: string, text: string): Decimal {
  const value = needed(what, text);
  if (value.isNegative() && !value.isZero()) throw new RangeError(`${what} ${text} is negative`);
  return value;
}

/** Coins without unrealised profit and without what is borrowed: equity - unrealised profit (Bybit wallet, equity's definition). */
function ownedQty(balance: CoinBalance): Decimal | undefined {
  const equity = parseDecimal(balance.equity);
  const unrealised = parseDecimal(balance.unrealisedPnl);
  const walletBalance = parseDecimal(balance.walletBalance);
  const borrowed = parseDecimal(balance.borrowAmount);
  if (equity !== undefined && unrealised !== undefined) return equity.minus(unrealised);
  return walletBalance === undefined || borrowed === undefined ? undefined : walletBalance.minus(borrowed);
}

function readWallet(wallet: WalletSnapshot, source: Source): WalletSurface {
  const coins = new Map<string, Decimal | undefined>();
  for (const balance of wallet.coins) {
    if (balance.coin === "" || coins.has(balance.coin))
      throw new RangeError(`coin ${JSON.stringify(balance.coin)} is empty or listed twice`);
    coins.set(balance.coin, ownedQty(balance));
  }
  const told = parseNumber(wallet.maintenanceMarginRate);
  const computed = maintenanceMarginRate(
    parseNumber(wallet.totalMaintenanceMarginUsd),
    parseNumber(wallet.totalMarginBalanceUsd),
  );
  return { source, coins, maintenanceMarginRate: formatNumber(told ?? computed) };
}

function readPositions({ positions }: PositionsSnapshot, source: Source): PositionsSurface {
  return {
    source,
    positions: positions.map(({ category, symbol, qty }) => ({
      category,
      symbol,
      qty: needed(`qty of ${symbol}`, qty),
    })),
  };
}

function readBrackets(
  coin: string,
  tiers: LoanSnapshot["collateral"][number]["tiers"],
): readonly CollateralBracket[] | undefined {
  return checkBrackets(
    tiers.map((tier) => ({
      minUsd: needed(`a bracket of ${coin}`, tier.minValueUsd).toNumber(),
      maxUsd: parseNumber(tier.maxValueUsd) ?? Number.POSITIVE_INFINITY,
      ratio: needed(`a ratio of ${coin}`, tier.ratio).toNumber(),
    })),
  );
}

function readLoan(loan: LoanSnapshot, source: Source): LoanSurface {
  const venueLtv = parseNumber(loan.venueLtv);
  if (venueLtv !== undefined && venueLtv < 0) throw new RangeError(`the venue's LTV ${loan.venueLtv} is negative`);
  return {
    source,
    venueLtv,
    debts: loan.debts.map((debt) => ({ coin: debt.coin, amount: amount(`debt in ${debt.coin}`, debt.amount) })),
    collateral: loan.collateral.map((pledged) => ({
      coin: pledged.coin,
      amount: amount(`collateral in ${pledged.coin}`, pledged.amount),
      brackets: readBrackets(pledged.coin, pledged.tiers),
    })),
  };
}

function readBody({ body }: AccountSnapshot, source: Source): SurfaceUpdate {
  switch (body?.$case) {
    case "wallet":
      return { kind: "wallet", wallet: readWallet(body.value, source) };
    case "positions":
      return { kind: "position", positions: readPositions(body.value, source) };
    case "loan":
      return { kind: "loan", loan: readLoan(body.value, source) };
    case undefined:
      throw new RangeError("the snapshot has no body");
    default:
      return body satisfies never;
  }
}

function checkPlace(snapshot: AccountSnapshot, subject: string, kind: AccountKind, partitions: number): void {
  if (accountSubject(snapshot.account, kind, partitions) !== subject) {
    throw new RangeError(
      `the snapshot is the ${kind} of ${JSON.stringify(snapshot.account)}, which does not belong on ${subject}`,
    );
  }
}

/** Reads one message of ACCT, once. @throws PoisonMessageError when it is no sound snapshot of its subject */
export function decodeSnapshot(message: StoredMessage, partitions: number): ReadSnapshot {
  return orPoison("not an account snapshot", () => {
    const snapshot = AccountSnapshot.decode(message.payload);
    const { subject, messageId } = message;
    const { exchangeTimeMs, receiveTimeUs } = snapshot;
    if (exchangeTimeMs <= 0 || receiveTimeUs <= 0) throw new RangeError("the snapshot has no time");
    const traceparent = message.headers[HEADER.TRACEPARENT];
    const source: Source = { subject, messageId, exchangeTimeMs, receiveTimeUs, traceparent };
    const update = readBody(snapshot, source);
    checkPlace(snapshot, subject, update.kind, partitions);
    return { account: snapshot.account, snapshot, source, update };
  });
}
