import { connectBus, provision } from "@hedgelock/bus";
import type { Bus } from "@hedgelock/bus";
import { AccountSnapshot, Decision, STREAM, accountSubject, partitionFilter } from "@hedgelock/contracts";
import type { AccountKind, Position } from "@hedgelock/contracts";
import { prometheusMetrics, silentLogger, systemClock, systemRandom, systemTimers } from "@hedgelock/runtime";
import { startNatsServer } from "@hedgelock/test/support/nats-server.ts";

import { startFrameServer } from "./frame-server.ts";
import { startService } from "./service-process.ts";

const ACCOUNT = "bench";
const WARM_UP_SECONDS = 2;
/** The state changes this often: each change is a decision whose trace is kept, and so are the targets that follow. */
const FLIP_MS = 100;
const SETTLE_MS = 500;

/** 1 BTC pledged at a flat 0.9 and 60,000: LTV 0.70 and 0.78, half and four fifths of it hedged. */
const CALM = { debt: "37800", hedge: "-0.5" } as const;
const WILD = { debt: "42120", hedge: "-0.8" } as const;

const WALLET = {
  totalEquityUsd: "10000",
  totalWalletBalanceUsd: "10000",
  totalMarginBalanceUsd: "10000",
  totalAvailableBalanceUsd: "10000",
  totalInitialMarginUsd: "0",
  totalMaintenanceMarginUsd: "50",
  maintenanceMarginRate: "0.005",
  initialMarginRate: "0",
  coins: [{ coin: "USDT", walletBalance: "10000", equity: "10000", borrowAmount: "0", unrealisedPnl: "0" }],
};

function positionOf(qty: string): Position {
  return {
    category: "linear",
    symbol: "BTCUSDT",
    qty,
    entryPrice: "60000",
    markPrice: "60000",
    unrealisedPnl: "0",
    leverage: "10",
    liquidationPrice: "",
    initialMargin: "0",
    maintenanceMargin: "0",
    exchangeSeq: 1,
    updatedTimeMs: Date.now(),
    positionIdx: 0,
  };
}

/** Publishes the account's surfaces as the collector would. */
async function publishAccount(bus: Bus, partitions: number, { debt, hedge }: typeof CALM | typeof WILD): Promise<void> {
  const timeMs = Date.now();
  const put = async (kind: AccountKind, body: NonNullable<AccountSnapshot["body"]>): Promise<void> => {
    const payload = AccountSnapshot.encode({
      account: ACCOUNT,
      exchangeTimeMs: timeMs,
      receiveTimeUs: systemClock.nowUs(),
      body,
    });
    const subject = accountSubject(ACCOUNT, kind, partitions);
    await bus.publish({ subject, payload: payload.finish(), messageId: `${kind}:${timeMs}:${systemClock.nowUs()}` });
  };
  const collateral = [
    { coin: "BTC", amount: "1", amountUsd: "", tiers: [{ minValueUsd: "0", maxValueUsd: "", ratio: "0.9" }] },
  ];
  const debts = [{ coin: "USDT", amount: debt, amountUsd: debt }];
  await put("wallet", { $case: "wallet", value: WALLET });
  await put("position", { $case: "positions", value: { positions: [positionOf(hedge)] } });
  await put("loan", {
    $case: "loan",
    value: { debts, collateral, venueLtv: "", totalDebtUsd: debt, totalCollateralUsd: "" },
  });
}

function riskConfig(servers: readonly string[], tracing: object): object {
  return {
    nats: { servers },
    instruments: [
      {
        base: "BTC",
        hedge: { category: "linear", symbol: "BTCUSDT" },
        price: { category: "linear", symbol: "BTCUSDT" },
      },
    ],
    policy: { version: "bench", strategy: "STEP", dwellMs: 0, exitMargin: 0, minHedgeBaseQty: { BTC: "0.001" } },
    refreshMs: 1,
    tracing,
  };
}

/**
 * Times from a tick's arrival at the collector to the moment that a third process has read the decision it caused, in
 * milliseconds. Frames on a socket -> collector -> MD -> risk engine -> RISK -> here. One account is decided on at every tick that
 * comes after the last append, and its state changes ten times a second.
 */
export async function tickToDecision(run: {
  readonly ticksPerSecond: number;
  readonly seconds: number;
  readonly tracing: object;
}): Promise<readonly number[]> {
  await using nats = await startNatsServer();
  const deps = {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom(),
    log: silentLogger,
    metrics: prometheusMetrics("bench"),
  };
  const address = { servers: nats.servers, name: "bench" };
  await provision({ ...address, ...deps });
  await using bus = await connectBus({ ...address, ...deps });
  const { partitions } = await bus.provisioned();
  await using venue = await startFrameServer();
  await publishAccount(bus, partitions, CALM);
  await using _risk = await startService("risk", riskConfig(nats.servers, run.tracing));
  await using _collector = await startService("collector", {
    nats: { servers: nats.servers },
    venue: { environment: "paper", restUrl: `http://127.0.0.1:${venue.port}`, wsUrl: `ws://127.0.0.1:${venue.port}` },
    instruments: [{ category: "linear", symbol: "BTCUSDT" }],
    accounts: [],
    tracing: run.tracing,
  });
  const samples: number[] = [];
  let isMeasuring = false;
  await bus.consume({
    stream: STREAM.RISK,
    filters: [partitionFilter("risk", "*")],
    start: { from: "new" },
    name: "bench",
    onMessage(message) {
      const nowUs = systemClock.nowUs();
      const { trigger } = Decision.decode(message.payload);
      if (isMeasuring && trigger?.subject.startsWith("md.") === true)
        samples.push((nowUs - trigger.receiveTimeUs) / 1000);
    },
  });
  let flips = 0;
  const endFlips = systemTimers.every(FLIP_MS, () => {
    flips += 1;
    publishAccount(bus, partitions, flips % 2 === 0 ? CALM : WILD).catch((error: unknown) => {
      console.error("bench: an account snapshot was not published", error);
    });
  });
  await venue.send(run.ticksPerSecond * WARM_UP_SECONDS, run.ticksPerSecond);
  isMeasuring = true;
  await venue.send(run.ticksPerSecond * run.seconds, run.ticksPerSecond);
  await systemTimers.sleep(SETTLE_MS);
  endFlips();
  return samples;
}
