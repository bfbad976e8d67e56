import { systemClock, systemRandom, systemTimers, silentLogger, type Metrics } from "@hedgelock/runtime";

import type { BusDeps } from "../bus-deps.ts";
import type { OutgoingMessage, StoredMessage } from "../port.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytes = (text: string): Uint8Array => encoder.encode(text);
export const text = (payload: Uint8Array): string => decoder.decode(payload);
export const texts = (messages: readonly StoredMessage[]): readonly string[] =>
  messages.map((message) => text(message.payload));

/** A message whose id is its text unless another is given. */
export function draft(subject: string, body: string, messageId: string = `${subject}:${body}`): OutgoingMessage {
  return { subject, payload: bytes(body), messageId };
}

/** Metrics that remember the sum of every counter, by name. */
export interface CountingMetrics extends Metrics {
  total(name: string): number;
}

export function countingMetrics(): CountingMetrics {
  const totals = new Map<string, number>();
  return {
    counter: (name) => ({
      inc(by = 1) {
        totals.set(name, (totals.get(name) ?? 0) + by);
      },
    }),
    gauge: () => ({ set() {} }),
    histogram: () => ({ observe() {} }),
    total: (name) => totals.get(name) ?? 0,
  };
}

/** The real clock, timers and randomness. */
export function realDeps(metrics: Metrics = countingMetrics()): BusDeps {
  return { clock: systemClock, timers: systemTimers, random: systemRandom(), log: silentLogger, metrics };
}

let names = 0;
/** A name no other test of the process uses. */
export function fresh(prefix: string): string {
  names += 1;
  return `${prefix}${names}`;
}

/** Collects an async iterable. */
export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
