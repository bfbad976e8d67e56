import { type Clock, errorText, HedgeLockError, type Logger, type Timers } from "@hedgelock/runtime";
import {
  bybitKeyRights,
  bybitReference,
  bybitTrading,
  type CheckedVenue,
  type InstrumentRules,
  readKeyFile,
  type VenueCredentials,
  type VenueReference,
  type VenueTrading,
} from "@hedgelock/venue";

import { limiter } from "./account/limiter.ts";
import type { HedgerConfig } from "./config.ts";
import type { OrderRules } from "./domain/rules.ts";

/** Order entry of every account, and the rules of every instrument that may be traded. */
export interface VenueAccess {
  readonly accounts: ReadonlyMap<string, VenueTrading>;
  readonly rules: ReadonlyMap<string, OrderRules>;
  close(): void;
}

export interface VenueAccessDeps {
  readonly config: HedgerConfig;
  readonly venue: CheckedVenue;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  /** Aborts the waiting for a venue that cannot be reached. */
  readonly signal: AbortSignal;
}

const RETRY_MS = 500;
/** How long the start waits for a venue that is itself starting; a wrong key is no such case and fails at once. */
const PATIENCE_MS = 15_000;
const CONCURRENT_OPENINGS = 8;

/** Does the work again while the venue cannot be reached. @throws HedgeLockError the last reason */
async function patiently<Value>(deps: VenueAccessDeps, what: string, work: () => Promise<Value>): Promise<Value> {
  const endMs = deps.clock.nowMs() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const hopeless = !(error instanceof HedgeLockError) || error.retry === "never" || deps.clock.nowMs() >= endMs;
      if (hopeless || deps.signal.aborted) throw error;
      deps.log.warn("hedger.venue_retry", { what, error: errorText(error) });
      await deps.timers.sleep(RETRY_MS, deps.signal);
    }
  }
}

/** Refuses a key that cannot do the work, and one that can do more than it should ever be able to. */
async function checkRights(
  deps: VenueAccessDeps,
  account: string,
  keyFile: string,
  credentials: VenueCredentials,
): Promise<void> {
  const { clock, timers, venue } = deps;
  const rights = await patiently(deps, "key rights", () =>
    bybitKeyRights({ restUrl: venue.restUrl, credentials, clock, timers }),
  );
  const refuse = (reason: string): never => {
    throw new HedgeLockError("HEDGER_KEY_RIGHTS", `the key of account ${account} (${keyFile}) ${reason}`, {
      exitStatus: 2,
    });
  };
  if (rights.readOnly) refuse("is read-only: the hedger needs a key that may place contract orders");
  if (!rights.tradesContracts) refuse("may not place contract orders: give it the right to trade derivatives");
  if (rights.withdraws)
    refuse("may withdraw coins: make a key without that right, a stolen one must not cost more than trades");
}

async function tradingOf(
  deps: VenueAccessDeps,
  { account, keyFile }: HedgerConfig["accounts"][number],
): Promise<VenueTrading> {
  const { clock, timers, log, venue } = deps;
  const credentials = await readKeyFile(keyFile);
  await checkRights(deps, account, keyFile, credentials);
  const trading = bybitTrading({ restUrl: venue.restUrl, credentials, clock, timers, log: log.child({ account }) });
  try {
    await patiently(deps, "clock", () => trading.syncClock());
    return trading;
  } catch (error) {
    trading.close();
    throw error;
  }
}

function orderRules(rules: InstrumentRules): OrderRules {
  const { tickSize, minPrice, maxPrice, qtyStep, minOrderQty, maxOrderQty, minNotional } = rules;
  return { tickSize, minPrice, maxPrice, qtyStep, minOrderQty, maxOrderQty, minNotional };
}

async function readRules(deps: VenueAccessDeps, reference: VenueReference): Promise<ReadonlyMap<string, OrderRules>> {
  const rules = new Map<string, OrderRules>();
  for (const symbol of Object.keys(deps.config.limits.perSymbol)) {
    const read = await patiently(deps, `rules of ${symbol}`, () => reference.instrumentRules("linear", symbol));
    rules.set(`linear/${symbol}`, orderRules(read));
  }
  return rules;
}

/** Opens the venue for every configured account. @throws HedgeLockError with what is wrong and where */
export async function openVenue(deps: VenueAccessDeps): Promise<VenueAccess> {
  const { clock, timers, venue, config } = deps;
  const accounts = new Map<string, VenueTrading>();
  const close = (): void => {
    for (const trading of accounts.values()) trading.close();
  };
  const reference = bybitReference({ restUrl: venue.restUrl, clock, timers });
  try {
    const rules = await readRules(deps, reference);
    const opening = limiter(CONCURRENT_OPENINGS);
    const openings = config.accounts.map((entry) =>
      opening(async () => {
        accounts.set(entry.account, await tradingOf(deps, entry));
      }),
    );
    // All of them end before the first error is told: what was opened is then closed.
    for (const result of await Promise.allSettled(openings)) if (result.status === "rejected") throw result.reason;
    return { accounts, rules, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    reference.close();
  }
}
