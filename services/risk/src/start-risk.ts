import type { Bus, Consumption } from "@hedgelock/bus";
import { STREAM, TracePromotion, partitionFilter, tracePromoteSubject } from "@hedgelock/contracts";
import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { RunningService, ServiceContext } from "@hedgelock/runtime";
import { PromotionAsker, PromotionLog, noTracing } from "@hedgelock/telemetry";
import type { Tracing } from "@hedgelock/telemetry";

import { assetsOf } from "./config.ts";
import type { RiskConfig } from "./config.ts";
import { checkPolicy } from "./domain/policy-rules.ts";
import { strategyOf } from "./domain/policy.ts";
import { announceHeartbeats } from "./heartbeat.ts";
import { FIRST_EPOCH, RiskEngine } from "./risk-engine.ts";
import { riskMetrics } from "./risk-metrics.ts";
import { RiskTracing } from "./risk-tracing.ts";
import { within } from "./within.ts";

/** How often silence is looked for. */
const SWEEP_MS = 500;

/** Longest time for reading the last message of every subject. */
const CATCH_UP_MS = 60_000;

function notCaughtUp(stream: string): HedgeLockError {
  return new HedgeLockError(
    "RISK_NOT_CAUGHT_UP",
    `the last messages of ${stream} did not arrive within ${CATCH_UP_MS} ms: is the server overloaded?`,
    {
      retry: "backoff",
    },
  );
}

/** What the engine needs besides the bus. */
export type RiskContext = Pick<
  ServiceContext<RiskConfig>,
  "config" | "clock" | "timers" | "random" | "log" | "metrics" | "writer" | "addReadiness"
>;

function makeEngine(bus: Bus, context: RiskContext, partitions: number, tracing: RiskTracing): RiskEngine {
  const { config, log } = context;
  for (const warning of checkPolicy(config.policy).warnings)
    log.warn("risk.policy_warning", { policy: config.policy.version }, warning);
  return new RiskEngine({
    ...context,
    ...config,
    bus,
    partitions,
    metrics: riskMetrics(context.metrics),
    assets: assetsOf(config),
    rules: { policy: config.policy, strategy: strategyOf(config.policy) },
    tracing,
  });
}

/** Snapshots before ticks, both from the last per subject, so that nothing between a read and a subscription is lost. */
async function consumeInputs(
  bus: Bus,
  engine: RiskEngine,
  { log, timers }: RiskContext,
): Promise<readonly Consumption[]> {
  const started: Consumption[] = [];
  const consume = async (
    stream: "ACCT" | "MD",
    filters: readonly string[],
    onMessage: RiskEngine["onTick"],
  ): Promise<void> => {
    const consumption = await bus.consume({
      stream: STREAM[stream],
      filters,
      start: { from: "last_per_subject" },
      name: `risk-${stream.toLowerCase()}`,
      onMessage,
      onError: (error) => log.warn("risk.consume_trouble", { stream, error: errorText(error) }),
    });
    started.push(consumption);
    await within(timers, CATCH_UP_MS, consumption.caughtUp, () => notCaughtUp(stream));
  };
  try {
    await consume("ACCT", [partitionFilter("acct", "*")], (message) => engine.onSnapshot(message));
    await consume("MD", engine.marketSubjects, (message) => engine.onTick(message));
  } catch (error) {
    await Promise.allSettled(started.map((consumption) => consumption.stop()));
    throw error;
  }
  return started;
}

/** Answers hedgers that ask whether the spans of a decision are there. */
function answerHedgers(bus: Bus, promotions: PromotionLog, { recorder }: Tracing): () => void {
  if (!recorder.enabled) return () => undefined;
  return bus.listen(tracePromoteSubject(partitionFilter("risk", "*")), (_subject, payload) => {
    const { traceId, spanId } = TracePromotion.decode(payload);
    promotions.answer(traceId, spanId);
  });
}

/**
 * Starts the risk engine on a connected bus: the last decisions first, then the state, then evaluation.
 * The bus stays the caller's to close.
 * @throws HedgeLockError BUS_NOT_PROVISIONED, RISK_HISTORY_UNREADABLE
 */
export async function startRisk(bus: Bus, context: RiskContext, tracing: Tracing = noTracing): Promise<RunningService> {
  const { config, clock, timers, log, writer } = context;
  const { partitions } = await bus.provisioned();
  const { recorder } = tracing;
  const asker = new PromotionAsker({ ...context, bus, recorder });
  const promotions = new PromotionLog({ bus, recorder, writer });
  const endAnswering = answerHedgers(bus, promotions, tracing);
  const { baselineRatio } = config.tracing;
  const engine = makeEngine(
    bus,
    context,
    partitions,
    new RiskTracing({ ...context, recorder, asker, promotions, partitions, baselineRatio }),
  );
  const history = await bus.lastPerSubject(STREAM.RISK, partitionFilter("risk", "*"));
  for (const message of history) engine.resume(message);
  const consumptions = await consumeInputs(bus, engine, context);
  engine.goLive();
  log.info("risk.live", {
    accounts: engine.accountCount,
    resumed: history.length,
    policy: config.policy.version,
    partitions,
  });

  const evaluated = context.metrics.counter("hedgelock_risk_evaluations_total", "Account evaluations");
  let counted = 0;
  const beat = (): void => {
    const { evaluations } = engine;
    evaluated.inc(evaluations - counted);
    counted = evaluations;
    const evaluatedSeq = consumptions.at(-1)?.lastSeq ?? 0;
    announceHeartbeats(bus, {
      writer,
      epoch: FIRST_EPOCH,
      partitions,
      evaluatedSeq,
      evaluations,
      timeUs: clock.nowUs(),
    });
  };
  beat();
  const cancels = [timers.every(config.heartbeatMs, beat), timers.every(SWEEP_MS, () => engine.sweep())];
  context.addReadiness("bus", () => (bus.state === "connected" ? undefined : `the bus is ${bus.state}`));
  return {
    async stop(budgetMs) {
      for (const cancel of cancels) cancel();
      const ended = Promise.all([...consumptions.map((consumption) => consumption.stop()), engine.stop()]);
      await within(
        timers,
        budgetMs,
        ended,
        () =>
          new HedgeLockError(
            "RISK_STOP_TIMEOUT",
            `appends still in flight after ${budgetMs} ms are left to the successor`,
          ),
      );
      await asker.stop(budgetMs);
      endAnswering();
      log.info("risk.stopped", { evaluations: engine.evaluations });
    },
  };
}
