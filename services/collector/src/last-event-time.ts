import type { Bus } from "@hedgelock/bus";
import { ExecEvent, STREAM, executionSubject } from "@hedgelock/contracts";

/**
 * The venue's time of the last order or execution already in the stream, milliseconds; undefined when there is none.
 * A collector that starts reads the venue's history from there, so that nothing is lost between two lives.
 */
export async function lastEventTimeMs(bus: Bus, account: string, partitions: number): Promise<number | undefined> {
  const last = await bus.lastOf(STREAM.EXEC, executionSubject(account, partitions));
  if (last === undefined) return undefined;
  const { body } = ExecEvent.decode(last.payload);
  if (body === undefined) return undefined;
  return body.$case === "order" ? body.value.updatedTimeMs : body.value.execTimeMs;
}
