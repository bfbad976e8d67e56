import type { Cancel, Clock, Timers } from "@hedgelock/runtime";

import { dropYoungRows } from "./row-age.ts";

/** How often what was asked before is looked at again, milliseconds. */
const SAMPLE_MS = 200;
/** Questions remembered at most; the oldest is forgotten. */
const MAX_QUESTIONS = 200;
/** Answers remembered of each: ten minutes. */
const MAX_SAMPLES = 3000;

interface Question {
  readonly ask: () => unknown;
  readonly samples: { readonly timeMs: number; readonly text: string }[];
}

/**
 * Answers of the past. A question that was asked before is sampled five times a second from then on, so that it can be
 * answered as of a moment ago; one that is new is answered from the present without the rows that are too young.
 */
export class StaleReads {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #questions = new Map<string, Question>();
  #cancel: Cancel | undefined;

  constructor(deps: { readonly clock: Clock; readonly timers: Timers }) {
    this.#clock = deps.clock;
    this.#timers = deps.timers;
  }

  /** The result of a read as it was `ageMs` ago. @param ask answers it as of now, again and again */
  past(
    call: { readonly uid: string | undefined; readonly path: string; readonly rawQuery: string },
    ask: () => unknown,
    ageMs: number,
  ): unknown {
    const key = `${call.uid ?? ""} ${call.path}?${call.rawQuery}`;
    const nowMs = this.#clock.nowMs();
    let question = this.#questions.get(key);
    if (question === undefined) {
      question = { ask, samples: [] };
      this.#questions.set(key, question);
      if (this.#questions.size > MAX_QUESTIONS) this.#questions.delete(this.#questions.keys().next().value ?? "");
      this.#cancel ??= this.#timers.every(SAMPLE_MS, () => {
        this.#sample();
      });
    }
    const then = question.samples.findLast((sample) => sample.timeMs <= nowMs - ageMs);
    this.#take(question, nowMs);
    if (then !== undefined) return JSON.parse(then.text);
    const [first] = question.samples;
    return first === undefined ? ask() : dropYoungRows(JSON.parse(first.text), nowMs - ageMs);
  }

  /** Forgets everything and samples no more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#questions.clear();
  }

  #sample(): void {
    const nowMs = this.#clock.nowMs();
    for (const question of this.#questions.values()) this.#take(question, nowMs);
  }

  #take(question: Question, timeMs: number): void {
    const text = JSON.stringify(question.ask()) ?? "null";
    // The time of the first sample that said so is what counts.
    if (question.samples.at(-1)?.text === text) return;
    question.samples.push({ timeMs, text });
    if (question.samples.length > MAX_SAMPLES) question.samples.shift();
  }
}
