import { BUCKETS, STREAMS } from "@hedgelock/contracts";
import { errorText, type Clock, type Logger } from "@hedgelock/runtime";

import type { MemoryConsumption } from "./memory-consumption.ts";
import { MemoryStream, type MemoryDraft, type MemoryWrite } from "./memory-stream.ts";
import type { Provisioned } from "./port.ts";
import { bucketStream, bucketSubject } from "./stream-config.ts";
import { subjectMatches } from "./subject-match.ts";

const FOR_EVER_MS = Number.POSITIVE_INFINITY;

interface Listener {
  readonly subject: string;
  readonly take: (subject: string, payload: Uint8Array) => void;
}

interface Responder {
  readonly subject: string;
  readonly answer: (payload: Uint8Array) => Promise<Uint8Array>;
}

/** What all buses in one memory share: the streams of the contracts and who listens. */
export class MemoryBroker {
  readonly provisioned: Provisioned;
  readonly log: Logger;
  readonly listeners = new Set<Listener>();
  readonly responders = new Set<Responder>();
  readonly consumptions = new Set<MemoryConsumption>();
  readonly #clock: Clock | undefined;
  readonly #streams: ReadonlyMap<string, MemoryStream>;
  #pumping = false;

  /** @param clock without one nothing ever expires */
  constructor(provisioned: Provisioned, clock: Clock | undefined, log: Logger) {
    this.provisioned = provisioned;
    this.log = log;
    this.#clock = clock;
    const streams = [
      ...STREAMS.map(
        ({ name, subjects, maxPerSubject, dedupWindowMs }) =>
          new MemoryStream({
            name,
            subjects,
            maxPerSubject,
            dedupWindowMs: clock === undefined ? FOR_EVER_MS : dedupWindowMs,
          }),
      ),
      ...BUCKETS.map(
        ({ name, history }) =>
          new MemoryStream({
            name: bucketStream(name),
            subjects: [bucketSubject(name, ">")],
            maxPerSubject: history,
            dedupWindowMs: FOR_EVER_MS,
          }),
      ),
    ];
    this.#streams = new Map(streams.map((stream) => [stream.spec.name, stream]));
  }

  nowMs(): number {
    return this.#clock?.nowMs() ?? 0;
  }

  stream(name: string): MemoryStream | undefined {
    return this.#streams.get(name);
  }

  streamOf(subject: string): MemoryStream | undefined {
    return [...this.#streams.values()].find((stream) => stream.takes(subject));
  }

  /** Writes and lets everybody see it before it returns. Undefined when no stream takes the subject. */
  write(draft: MemoryDraft): (MemoryWrite & { readonly stream: string }) | undefined {
    const stream = this.streamOf(draft.subject);
    if (stream === undefined) return undefined;
    const written = stream.write(draft, this.nowMs());
    this.pump();
    return { ...written, stream: stream.spec.name };
  }

  /** Hands over until nobody has anything to take. A handler that writes does not start a second round inside itself. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let progress = true; progress;) {
        progress = false;
        for (const consumption of this.consumptions) progress = consumption.step() || progress;
      }
    } finally {
      this.#pumping = false;
    }
  }

  announce(subject: string, payload: Uint8Array): void {
    for (const listener of this.listeners) {
      if (!subjectMatches(listener.subject, subject)) continue;
      try {
        listener.take(subject, payload);
      } catch (error) {
        this.log.error("bus.listener_failed", { subject, error: errorText(error) });
      }
    }
  }

  responderOf(subject: string): Responder | undefined {
    return [...this.responders].find((responder) => subjectMatches(responder.subject, subject));
  }
}
