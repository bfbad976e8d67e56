import type { ReplayPlan, ReplayStep } from "@hedgelock/prices";
import type { Cancel, Clock, Timers } from "@hedgelock/runtime";

export type ReplayState = "paused" | "running" | "finished";

export interface RunnerDeps {
  readonly plan: ReplayPlan;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onStep: (step: ReplayStep) => void;
  readonly onFinished: () => void;
}

/** Steps done in one turn of the event loop at most, so that requests are served in between. */
const MAX_BURST = 25;
/** A replay that fell this far behind goes on from where it is instead of hurrying after, milliseconds. */
const MAX_LAG_MS = 500;

/** Drives the replay clock: its own time, paced by the wall clock, and stopped when told. */
export class ReplayRunner {
  readonly #deps: RunnerDeps;
  readonly #steps: Generator<ReplayStep, void, undefined>;
  #state: ReplayState = "paused";
  #done = 0;
  #rate = 1;
  #last: ReplayStep | undefined;
  #cancel: Cancel | undefined;
  /** Wall time at which step number `#baseStep` is due, microseconds. */
  #baseUs = 0;
  #baseStep = 0;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
    this.#steps = deps.plan.steps();
  }

  get state(): ReplayState {
    return this.#state;
  }

  get stepsDone(): number {
    return this.#done;
  }

  /** The step that was done last. */
  get last(): ReplayStep | undefined {
    return this.#last;
  }

  /** Starts or resumes; says nothing when it runs or has finished. */
  start(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    this.#rebase();
    this.#schedule();
  }

  pause(): void {
    if (this.#state !== "running") return;
    this.#state = "paused";
    this.#stopTimer();
  }

  /** How much faster than planned the steps follow each other. */
  get rate(): number {
    return this.#rate;
  }

  /** Lets the steps follow each other `rate` times as fast as planned. */
  setRate(rate: number): void {
    this.#rate = rate;
    this.#rebase();
    if (this.#state !== "running") return;
    this.#stopTimer();
    this.#schedule();
  }

  /** Takes the first `count` steps as done: an earlier run did them. Only before the first start. */
  skip(count: number): void {
    while (this.#done < count) {
      const next = this.#steps.next();
      if (next.done === true) break;
      this.#done += 1;
      this.#last = next.value;
    }
    if (this.#done === this.#deps.plan.stepsTotal) this.#finish();
  }

  /** Does up to `count` steps at once while paused. @returns how many were done */
  step(count: number): number {
    let done = 0;
    while (done < count && this.#state === "paused" && this.#next()) done += 1;
    return done;
  }

  /** Stops for good. */
  stop(): void {
    this.pause();
  }

  #rebase(): void {
    this.#baseUs = this.#deps.clock.nowUs();
    this.#baseStep = this.#done;
  }

  #dueUs(step: number): number {
    return this.#baseUs + ((step - this.#baseStep) * 1e6) / (this.#deps.plan.ticksPerSecond * this.#rate);
  }

  #schedule(): void {
    const waitMs = Math.max(0, (this.#dueUs(this.#done) - this.#deps.clock.nowUs()) / 1000);
    this.#cancel = this.#deps.timers.after(waitMs, () => {
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#state !== "running") return;
    const nowUs = this.#deps.clock.nowUs();
    if (nowUs - this.#dueUs(this.#done) > MAX_LAG_MS * 1000) this.#rebase();
    for (
      let burst = 0;
      burst < MAX_BURST && this.#state === "running" && this.#dueUs(this.#done) <= nowUs;
      burst += 1
    ) {
      this.#next();
    }
    if (this.#state === "running") this.#schedule();
  }

  /** One step; false when there is none left. */
  #next(): boolean {
    const next = this.#steps.next();
    if (next.done === true) {
      this.#finish();
      return false;
    }
    this.#done += 1;
    this.#last = next.value;
    this.#deps.onStep(next.value);
    if (this.#done === this.#deps.plan.stepsTotal) this.#finish();
    return true;
  }

  #finish(): void {
    if (this.#state === "finished") return;
    this.#state = "finished";
    this.#stopTimer();
    this.#deps.onFinished();
  }

  #stopTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
