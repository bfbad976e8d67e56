import type { Category, Execution, LoanSnapshot, OrderUpdate, Position, WalletSnapshot } from "@hedgelock/contracts";

import { orBadAnswer, readList } from "./paging.ts";
import { readOpenPositions, readPositionsOf } from "./position-reads.ts";
import type { BybitRest, Query } from "./rest-client.ts";
import { parseCollateralTiers, parseLoan } from "./schemas/loan.ts";
import type { CollateralTiers } from "./schemas/loan.ts";
import { parseExecution, parseOrder } from "./schemas/orders.ts";
import { parseWalletResult } from "./schemas/wallet.ts";

/** Families whose orders and executions are followed. */
const FAMILIES = ["linear", "spot"] as const;
/** Open linear orders are listed by the coin they settle in. */
const OPEN_ORDER_SCOPES: readonly (Query & { readonly category: Category })[] = [
  { category: "linear", settleCoin: "USDT" },
  { category: "linear", settleCoin: "USDC" },
  { category: "spot" },
];
/** Bybit answers history questions about at most seven days. */
const WINDOW_MS = 7 * 86_400_000;
const TIERS_MAX_AGE_MS = 10 * 60_000;

export interface Timed<T> {
  readonly value: T;
  /** The venue's clock when it answered. */
  readonly timeMs: number;
}

/** A symbol with a position. */
export interface PositionKey {
  readonly category: Category;
  readonly symbol: string;
}

/** Reads of one account. Each throws VenueError on a failed or unreadable answer: failure is never emptiness. */
export class AccountReads {
  readonly #rest: BybitRest;
  #tiers: Timed<CollateralTiers> | undefined;

  constructor(rest: BybitRest) {
    this.#rest = rest;
  }

  async wallet(): Promise<Timed<WalletSnapshot>> {
    const path = "/v5/account/wallet-balance";
    const { result, timeMs } = await this.#rest.privateGet(path, { accountType: "UNIFIED" });
    return { value: orBadAnswer(`GET ${path}`, parseWalletResult(result)), timeMs };
  }

  /** @param known positions that were open: those the list does not name are asked for one by one, for their last row */
  async positions(known: readonly PositionKey[]): Promise<Timed<readonly Position[]>> {
    const open = await readOpenPositions(this.#rest, "linear");
    const named = new Set(open.rows.map((row) => `${row.category}:${row.symbol}`));
    const rows = [...open.rows];
    for (const { category, symbol } of known) {
      if (named.has(`${category}:${symbol}`)) continue;
      const ended = await readPositionsOf(this.#rest, category, symbol);
      rows.push(...ended.rows);
    }
    return { value: rows, timeMs: open.timeMs };
  }

  async loan(): Promise<Timed<LoanSnapshot>> {
    const tiers = await this.#collateralTiers();
    const path = "/v5/crypto-loan-common/position";
    const { result, timeMs } = await this.#rest.privateGet(path, {});
    return { value: orBadAnswer(`GET ${path}`, parseLoan(result, tiers)), timeMs };
  }

  /** Open orders, and those closed since, oldest change first. */
  async orders(sinceMs: number, untilMs: number): Promise<readonly OrderUpdate[]> {
    const lists = await Promise.all([
      ...OPEN_ORDER_SCOPES.map(async (scope) => {
        const query = { ...scope, openOnly: 0, limit: 50 };
        const list = await readList(this.#rest, "/v5/order/realtime", query, (row) => parseOrder(row, scope.category));
        return list.rows;
      }),
      ...FAMILIES.map(async (category) =>
        this.#since("/v5/order/history", category, 50, sinceMs, untilMs, (row) => parseOrder(row, category)),
      ),
    ]);
    return lists.flat().toSorted((left, right) => left.updatedTimeMs - right.updatedTimeMs);
  }

  /** Executions since, oldest first. */
  async executions(sinceMs: number, untilMs: number): Promise<readonly Execution[]> {
    const lists = await Promise.all(
      FAMILIES.map(async (category) =>
        this.#since("/v5/execution/list", category, 100, sinceMs, untilMs, (row) => parseExecution(row, category)),
      ),
    );
    return lists.flat().toSorted((left, right) => left.execTimeMs - right.execTimeMs);
  }

  async #since<T>(
    path: string,
    category: Category,
    limit: number,
    sinceMs: number,
    untilMs: number,
    parse: Parameters<typeof readList<T>>[3],
  ): Promise<readonly T[]> {
    const rows: T[] = [];
    for (let startTime = sinceMs; startTime <= untilMs; startTime += WINDOW_MS) {
      const endTime = Math.min(startTime + WINDOW_MS - 1, untilMs);
      const list = await readList(this.#rest, path, { category, startTime, endTime, limit }, parse);
      rows.push(...list.rows);
    }
    return rows;
  }

  async #collateralTiers(): Promise<CollateralTiers> {
    const nowMs = this.#rest.offset.nowMs();
    if (this.#tiers !== undefined && nowMs - this.#tiers.timeMs < TIERS_MAX_AGE_MS) return this.#tiers.value;
    const path = "/v5/crypto-loan-common/collateral-data";
    const { result, timeMs } = await this.#rest.publicGet(path, {});
    this.#tiers = { value: orBadAnswer(`GET ${path}`, parseCollateralTiers(result)), timeMs };
    return this.#tiers.value;
  }
}
