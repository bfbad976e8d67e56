import { HedgeLockError } from "@hedgelock/runtime";

import { BUS_ERROR } from "./bus-error.ts";
import { LiveConsumption, type ConsumptionDeps } from "./live-consumption.ts";
import type { StoredMessage } from "./port.ts";

/** A reader that gets nothing for this long gives up: longer than any election. */
const PATIENCE_MS = 20_000;

/**
 * Reads what is stored under a filter, in order, up to the last message present at the call. Asks for a batch when the
 * one before has been taken, so a slow reader holds one batch and not the stream.
 * @throws HedgeLockError BUS_UNAVAILABLE, BUS_NO_STREAM, BUS_CLOSED
 */
export async function* readAll(deps: ConsumptionDeps, stream: string, filter: string): AsyncGenerator<StoredMessage> {
  let batch: StoredMessage[] = [];
  let wake = Promise.withResolvers<void>();
  let caughtUp = false;
  let failure: Error | undefined;
  const consumption = await LiveConsumption.start(deps, {
    stream,
    filters: [filter],
    start: { from: "all" },
    name: "read-all",
    flow: "manual",
    onMessage: (message) => {
      batch.push(message);
      wake.resolve();
    },
    onTrouble: (error) => {
      deps.base.log.debug("bus.read_trouble", { stream, filter, error: error.message });
    },
  });
  const { targetSeq } = consumption;
  consumption.caughtUp.then(
    () => {
      caughtUp = true;
      wake.resolve();
    },
    (error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
      wake.resolve();
    },
  );
  try {
    for (;;) {
      const taken = batch;
      batch = [];
      for (const message of taken) {
        if (message.seq <= targetSeq) yield message;
      }
      if (batch.length > 0) continue;
      if (caughtUp || consumption.lastSeq >= targetSeq) return;
      if (failure !== undefined) throw failure;
      wake = Promise.withResolvers();
      const cancel = deps.base.timers.after(PATIENCE_MS, () => {
        failure = new HedgeLockError(
          BUS_ERROR.UNAVAILABLE,
          `reading "${filter}" of stream ${stream}: nothing came for ${PATIENCE_MS} ms after sequence ${consumption.lastSeq}`,
          { retry: "backoff" },
        );
        wake.resolve();
      });
      consumption.more();
      await wake.promise;
      cancel();
    }
  } finally {
    await consumption.stop();
  }
}
