import type { Tick } from "@hedgelock/contracts";

import { harness } from "../../services/risk/src/testing/harness.ts";
import {
  START_MS,
  linear,
  loan,
  positionOf,
  positions,
  spot,
  tickMessage,
  tickOf,
  wallet,
} from "../../services/risk/src/testing/messages.ts";
import { testConfig } from "../../services/risk/src/testing/policy.ts";
import { percentiles } from "./table.ts";
import type { Figure } from "./table.ts";

const ACCOUNTS = 50;
const TICKS_PER_BATCH = 100;
const BATCHES = 200;
const WARM_UP_BATCHES = 50;

/** An engine with hedged accounts in state CAUTION, all concerned by one symbol, and nothing left to write. */
async function hedgedAccounts(): Promise<ReturnType<typeof harness>> {
  const setup = harness({ config: testConfig({ strategy: "NR" }) });
  for (let index = 0; index < ACCOUNTS; index += 1) {
    const account = `acc-${index}`;
    setup.engine.onSnapshot(wallet(account, START_MS));
    setup.engine.onSnapshot(positions(account, START_MS, [positionOf("BTCUSDT", "-0.72")]));
    setup.engine.onSnapshot(loan(account, START_MS, "37800"));
  }
  setup.engine.onTick(linear(60_000, START_MS));
  setup.engine.onTick(spot(60_000, START_MS));
  setup.engine.goLive();
  await setup.settle();
  return setup;
}

/**
 * Cost of one account evaluation: a tick goes from its bytes through decode, market and the evaluation of 50 accounts
 * with a loan, a wallet and a hedge; the decode is shared among them. Nothing changes, as on almost every tick.
 */
export async function benchEvaluate(): Promise<Figure> {
  const { engine } = await hedgedAccounts();
  const samples: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const messages = Array.from({ length: TICKS_PER_BATCH }, (_, step) => {
      const timeMs = START_MS + batch * TICKS_PER_BATCH + step;
      const tick: Tick = { ...tickOf(60_000 - (step % 7), timeMs), receiveTimeUs: START_MS * 1000 };
      return tickMessage(tick);
    });
    const before = engine.evaluations;
    const startNs = process.hrtime.bigint();
    for (const message of messages) engine.onTick(message);
    const tookNs = Number(process.hrtime.bigint() - startNs);
    const evaluations = engine.evaluations - before;
    if (evaluations !== TICKS_PER_BATCH * ACCOUNTS)
      throw new Error(`${evaluations} evaluations instead of ${TICKS_PER_BATCH * ACCOUNTS}`);
    if (batch >= WARM_UP_BATCHES) samples.push(tookNs / evaluations);
  }
  return {
    name: `account evaluation on a tick, ${ACCOUNTS} accounts on one symbol, decode shared`,
    goal: "1,000-2,000",
    unit: "ns",
    values: percentiles(samples),
  };
}
