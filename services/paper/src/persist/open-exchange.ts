import { createHash } from "node:crypto";

import { HedgeLockError, seededRandom } from "@hedgelock/runtime";
import type { Clock, Random } from "@hedgelock/runtime";

import { buildExchange } from "../build-exchange.ts";
import type { PaperConfig } from "../config.ts";
import type { Exchange } from "../domain/exchange.ts";
import type { LoadedPrices } from "../replay/load-prices.ts";
import { Journal } from "./journal.ts";
import { keptExchange, restoreExchange } from "./kept-exchange.ts";

/** An exchange, as it was left or anew. */
export interface OpenedExchange {
  readonly exchange: Exchange;
  /** Replay steps that were done before. */
  readonly stepsDone: number;
  /** Pairs of exchange time and recorded time of the bars so far. */
  readonly timeline: [number, number][];
  /** Commands that were done again. */
  readonly commands: number;
  readonly close: () => void;
}

const SEED_RANGE = 2 ** 32;

/** Of what must be the same for the commands to mean the same. Keys and addresses may change. */
function fingerprint(config: PaperConfig): string {
  const { seed, ticksPerSecond, speed, prices, fromMs, toMs, inverse, feeRates, loanLines } = config;
  const { collateralTiers, spreadTicks, depth } = config;
  const accounts = config.accounts.map(({ account, uid, wallet, loan }) => ({ account, uid, wallet, loan }));
  const market = { seed, ticksPerSecond, speed, prices, fromMs, toMs, inverse, feeRates, loanLines };
  const text = JSON.stringify({ ...market, collateralTiers, spreadTicks, depth, accounts });
  return createHash("sha256").update(text).digest("hex");
}

/** A time pair in the arguments of `openBar`. */
function barTime(args: readonly unknown[]): [number, number] | undefined {
  const time = args[1];
  if (typeof time !== "object" || time === null || !("timeMs" in time) || !("replayTimeMs" in time)) return undefined;
  return [Number(time.timeMs), Number(time.replayTimeMs)];
}

/**
 * The exchange of a configuration: goes on from `stateDir` where there is one that was kept, else begins anew.
 * @throws HedgeLockError PAPER_STATE, PAPER_CONFIG
 */
export function openExchange(
  config: PaperConfig,
  prices: LoadedPrices,
  deps: { readonly clock: Clock; readonly random: Random },
): OpenedExchange {
  const journal = config.stateDir === undefined ? undefined : new Journal(config.stateDir);
  try {
    const fresh = {
      createdMs: deps.clock.nowMs(),
      idSeed: Math.floor(deps.random.next() * SEED_RANGE),
      fingerprint: fingerprint(config),
    };
    const kept = journal?.head();
    const head = kept ?? fresh;
    if (head.fingerprint !== fresh.fingerprint) {
      throw new HedgeLockError(
        "PAPER_STATE",
        `the state in ${config.stateDir} was kept with other prices, accounts or rules: start with the same options, or with a new folder.`,
        { exitStatus: 2 },
      );
    }
    const bare = buildExchange(config, prices, { timeMs: head.createdMs, random: seededRandom(head.idSeed) });
    if (kept === undefined) journal?.begin(fresh);
    let stepsDone = 0;
    const timeline: [number, number][] = [];
    const note = (method: string, args: readonly unknown[]): void => {
      if (method === "step") stepsDone += 1;
      const pair = method === "openBar" ? barTime(args) : undefined;
      if (pair !== undefined) timeline.push(pair);
    };
    const commands = journal === undefined ? 0 : restoreExchange(bare, journal, note);
    return {
      exchange: keptExchange(bare, journal),
      stepsDone,
      timeline,
      commands,
      close: () => journal?.close(),
    };
  } catch (error) {
    journal?.close();
    throw error;
  }
}
