import type { Bus, Consumption, StartAt } from "../port.ts";
import type { StreamName } from "@hedgelock/contracts";
import { text } from "./messages.ts";

/** What a consumption handed over. */
export interface Recorder {
  readonly consumption: Consumption;
  readonly bodies: string[];
  readonly seqs: number[];
  readonly errors: Error[];
}

/** Consumes into arrays. */
export async function record(bus: Bus, stream: StreamName, filter: string, start: StartAt): Promise<Recorder> {
  const bodies: string[] = [];
  const seqs: number[] = [];
  const errors: Error[] = [];
  const consumption = await bus.consume({
    stream,
    filters: [filter],
    start,
    name: "recorder",
    onMessage: (message) => {
      bodies.push(text(message.payload));
      seqs.push(message.seq);
    },
    onError: (error) => errors.push(error),
  });
  return { consumption, bodies, seqs, errors };
}

/** A stream of publishes that goes on through faults: one at a time a slot, several slots. */
export interface Load {
  /** Bodies whose publish was acknowledged. */
  readonly acknowledged: Set<string>;
  readonly failed: Set<string>;
  stop(): Promise<void>;
}

/** Publishes numbered bodies until stopped, `slots` at a time. */
export function load(bus: Bus, subject: string, slots: number = 32): Load {
  const acknowledged = new Set<string>();
  const failed = new Set<string>();
  let next = 0;
  let stopped = false;
  const slot = async (): Promise<void> => {
    while (!stopped) {
      next += 1;
      const body = String(next);
      try {
        await bus.publish({ subject, payload: new TextEncoder().encode(body), messageId: `${subject}:${body}` });
        acknowledged.add(body);
      } catch {
        // Counted: the test says which failures it allows.
        failed.add(body);
      }
    }
  };
  const running = Array.from({ length: slots }, slot);
  return {
    acknowledged,
    failed,
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}
