import { systemClock, systemTimers } from "@hedgelock/runtime";

import { jaegerSource } from "../../../services/cli/src/tracing/jaeger-source.ts";
import { readBack } from "../../../services/cli/src/tracing/read-back.ts";
import type { SpanAudit, TracedFill } from "../../../services/cli/src/tracing/span-audit.ts";
import type { ClusterEnvironment } from "./environment.ts";
import type { Kubectl } from "./kubectl.ts";
import { portForward } from "./port-forward.ts";

/** Spans are exported in batches, and those of a tick are only built when a hedge asks for them. */
const ARRIVAL_MS = 20_000;

/** Reads the trace of every fill back from the Jaeger of the release, through its stable interface. */
export async function tracesInJaeger(
  environment: ClusterEnvironment,
  kubectl: Kubectl,
  fills: readonly TracedFill[],
): Promise<SpanAudit> {
  await using forward = await portForward(
    environment.kubectl,
    kubectl.namespace,
    "deployment/hedgelock-jaeger",
    16_686,
  );
  return await readBack(
    jaegerSource(`http://127.0.0.1:${forward.port}`, { clock: systemClock, timers: systemTimers }),
    fills,
    systemTimers,
    ARRIVAL_MS,
  );
}
