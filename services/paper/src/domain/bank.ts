import type { Emit } from "./events.ts";

/** Terms of loans, transfers and funding; fractions and amounts as decimal text. What Bybit's API does not tell is configuration. */
export interface BankRules {
  /** Flexible interest per hour by coin. */
  readonly hourlyRates: Readonly<Record<string, string>>;
  /** Fixed interest per year by term in days. */
  readonly annualRates: Readonly<Record<string, string>>;
  /** LTV up to which collateral can be taken back (the documented sample ends at 0.849). */
  readonly reduceLine: string;
  /** LTV from which a timer runs to liquidation. */
  readonly delayedLine: string;
  readonly delayedGraceMs: number;
  /** Fee of repaying with collateral, fraction of what is sold. */
  readonly repayCollateralFee: string;
  /** Most a pool may owe, USD. */
  readonly quotaUsd: string;
  readonly minFlexibleUsd: string;
  readonly minFixedUsd: string;
  /** Funding rate of every perpetual at every settlement; above 0 longs pay. */
  readonly fundingRate: string;
}

export const DEFAULT_BANK_RULES: BankRules = {
  hourlyRates: { USDT: "0.0000065", USDC: "0.000006", BTC: "0.00000147", ETH: "0.0000018", SOL: "0.0000045" },
  annualRates: { "7": "0.05", "14": "0.052", "30": "0.055", "60": "0.058", "90": "0.06", "180": "0.065" },
  reduceLine: "0.85",
  delayedLine: "0.93",
  delayedGraceMs: 7_200_000,
  repayCollateralFee: "0.001",
  quotaUsd: "8000000",
  minFlexibleUsd: "20",
  minFixedUsd: "100",
  fundingRate: "0.0001",
};

/** Something that was accepted and is done later. */
interface DueOperation {
  readonly dueMs: number;
  readonly run: (timeMs: number, emit: Emit) => void;
}

/** The exchange's own part in loans, transfers and funding. The delays are set by faults while it runs. */
export interface Bank {
  readonly rules: BankRules;
  /** How long a transfer stays PENDING, milliseconds; 0 answers SUCCESS at once. */
  transferDelayMs: number;
  /** Unknown answers STATUS_UNKNOWN while the transfer is under way. */
  transferAnswer: "normal" | "unknown";
  /** How long a loan operation stays in status 2, milliseconds. */
  loanDelayMs: number;
  /** How much later than the event a row shows in a history, milliseconds. */
  historyDelayMs: number;
  /** When interest falls due next: full hours since the exchange started. */
  nextInterestMs: number;
  /** When funding falls due next, by symbol. */
  readonly nextFundingMs: Map<string, number>;
  /** Source of loan, repayment and adjustment ids. */
  lastId: number;
  readonly due: DueOperation[];
}

export const HOUR_MS = 3_600_000;

export function createBank(rules: Partial<BankRules>, startMs: number): Bank {
  return {
    rules: { ...DEFAULT_BANK_RULES, ...rules },
    transferDelayMs: 0,
    transferAnswer: "normal",
    loanDelayMs: 0,
    historyDelayMs: 0,
    nextInterestMs: startMs + HOUR_MS,
    nextFundingMs: new Map(),
    lastId: 40_000,
    due: [],
  };
}

/** The next id of the loan products. */
export function nextLoanId(bank: Bank): number {
  bank.lastId += 1;
  return bank.lastId;
}

/** Does now, or files for later when there is a delay. @returns whether it was done at once */
export function doOrDefer(
  bank: Bank,
  delayMs: number,
  run: (timeMs: number, emit: Emit) => void,
  now: { readonly timeMs: number; readonly emit: Emit },
): boolean {
  if (delayMs <= 0) {
    run(now.timeMs, now.emit);
    return true;
  }
  bank.due.push({ dueMs: now.timeMs + delayMs, run });
  return false;
}

/** Does everything that is due, oldest first. */
export function settleDueOperations(bank: Bank, timeMs: number, emit: Emit): void {
  if (bank.due.length === 0) return;
  const ripe = bank.due.filter((one) => one.dueMs <= timeMs).toSorted((left, right) => left.dueMs - right.dueMs);
  for (const one of ripe) {
    bank.due.splice(bank.due.indexOf(one), 1);
    one.run(timeMs, emit);
  }
}
