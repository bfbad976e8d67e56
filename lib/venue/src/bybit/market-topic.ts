import type { TickKind } from "@hedgelock/contracts";

import type { FramePosition } from "./sequence.ts";
import type { Instrument } from "./instrument.ts";
import type { JsonObject } from "./json.ts";
import type { Verdict } from "./verdict.ts";

/** What merges the frames of one topic. */
export interface TopicMerge {
  readonly name: string;
  readonly instrument: Instrument;
  readonly last: Readonly<FramePosition>;
  readonly ready: boolean;
  apply(frame: JsonObject): Verdict;
  reset(): void;
}

/** A subscribed topic: its merge and how it fares. */
export class MarketTopic {
  readonly name: string;
  readonly kind: TickKind;
  readonly instrument: Instrument;
  readonly #merge: TopicMerge;
  /** A snapshot is awaited since the last (re)subscription. */
  awaited = true;
  /** Local clock at the last frame that was taken in, microseconds. */
  lastGoodUs = 0;
  resubscribedUs = 0;
  refusedUs = 0;
  /** What the venue said when it refused the topic; "" when it did not. */
  refusal = "";

  constructor(merge: TopicMerge, kind: TickKind) {
    this.#merge = merge;
    this.name = merge.name;
    this.kind = kind;
    this.instrument = merge.instrument;
  }

  /** Its snapshot has come. */
  get ready(): boolean {
    return this.#merge.ready;
  }

  /** Sequence and time of the last frame that was taken in. */
  get last(): Readonly<FramePosition> {
    return this.#merge.last;
  }

  /** Why it is not fresh, for people. */
  get trouble(): string {
    if (this.refusal !== "") return `${this.instrument.category} ${this.name} was refused: ${this.refusal}`;
    return `${this.instrument.category} ${this.name} ${this.ready ? "is silent" : "has no snapshot"}`;
  }

  apply(frame: JsonObject): Verdict {
    return this.#merge.apply(frame);
  }

  /** A new connection: everything starts over. */
  restart(nowUs: number): void {
    this.#merge.reset();
    this.awaited = true;
    this.lastGoodUs = nowUs;
    this.resubscribedUs = 0;
    this.refusal = "";
  }

  resubscribed(nowUs: number): void {
    this.#merge.reset();
    this.awaited = true;
    this.resubscribedUs = nowUs;
    this.refusal = "";
  }

  refused(message: string, nowUs: number): void {
    this.refusal = message === "" ? "without a reason" : message;
    this.refusedUs = nowUs;
  }
}
