import type { Category, Intent, Position } from "@hedgelock/contracts";
import { errorText, HedgeLockError } from "@hedgelock/runtime";
import type { TraceContext } from "@hedgelock/telemetry";

import type { PositionReading } from "../domain/ledger-input.ts";
import { awaitsPostcondition, positionOf, unresolvedOn } from "../domain/ledger-state.ts";
import { instrumentsIn, isCurrent, newerReading, readingOf } from "../domain/position-view.ts";
import type { AccountDeps } from "./account-deps.ts";
import { withDeadline } from "./deadline.ts";
import type { Recorder } from "./recorder.ts";

const READ_DEADLINE_MS = 10_000;
/** How long a settled order waits for the stream's position before the venue is asked itself. */
const PATIENCE_MS = 3000;

interface Held {
  readonly reading: PositionReading;
  readonly reason: string;
  readonly trace: TraceContext | undefined;
}

/**
 * What the venue says the positions are, beside what our fills say. A reading is held until nothing of ours is in
 * flight on the instrument; then a difference is adopted, loudly, and postconditions are checked against it.
 */
export class Positions {
  readonly #deps: AccountDeps;
  readonly #recorder: Recorder;
  readonly #held = new Map<string, Held>();
  #reading = false;
  #lastReadMs = 0;

  constructor(deps: AccountDeps, recorder: Recorder) {
    this.#deps = deps;
    this.#recorder = recorder;
  }

  /** Takes a whole surface of positions. @param timeMs venue time at which it was true */
  take(positions: readonly Position[], timeMs: number, reason: string, trace: TraceContext | undefined): void {
    for (const { category, symbol } of instrumentsIn(this.#recorder.state, positions)) {
      const key = `${category}/${symbol}`;
      const known = this.#held.get(key)?.reading;
      const reading = newerReading(known, readingOf(positions, category, symbol, timeMs));
      if (reading !== known) this.#held.set(key, { reading, reason, trace });
    }
  }

  /** Adopts what differs and checks what waits, on every instrument where nothing of ours is in flight. */
  async settle(): Promise<void> {
    const horizonMs = this.#deps.venue.capabilities.evidenceHorizonMs;
    for (const { reading, reason, trace } of this.#held.values()) {
      if (unresolvedOn(this.#recorder.state, reading.category, reading.symbol).length > 0) continue;
      await this.#recorder.record({ kind: "adopt", reading, horizonMs, reason }, trace);
      for (const intent of this.#awaiting(reading)) await this.#check(intent, reading, horizonMs);
    }
  }

  /** Asks the venue itself for positions when settled orders wait too long for the stream's. */
  poll(intents: readonly Intent[], onRead: (positions: readonly Position[], timeMs: number) => void): void {
    const { clock, fatal } = this.#deps;
    const nowMs = clock.nowMs();
    if (this.#reading || nowMs - this.#lastReadMs < PATIENCE_MS) return;
    const patienceUs = clock.nowUs() - PATIENCE_MS * 1000;
    if (!intents.some((intent) => awaitsPostcondition(intent) && intent.closedTimeUs < patienceUs)) return;
    this.#reading = true;
    this.#lastReadMs = nowMs;
    this.#readInBackground(onRead).catch(fatal);
  }

  /** Positions of a category, and a venue time at which they were not older. @throws HedgeLockError */
  async read(category: Category): Promise<{ readonly positions: readonly Position[]; readonly timeMs: number }> {
    const { venue, timers, queries } = this.#deps;
    const timeMs = venue.venueTimeMs();
    const timed = await queries(() => withDeadline(timers, READ_DEADLINE_MS, venue.positions(category)));
    if (timed.kind === "failed") throw timed.error instanceof Error ? timed.error : new Error(errorText(timed.error));
    if (timed.kind === "late") {
      throw new HedgeLockError("HEDGER_VENUE_SILENT", `no positions from the venue within ${READ_DEADLINE_MS} ms`, {
        retry: "backoff",
      });
    }
    return { positions: timed.value, timeMs };
  }

  async #readInBackground(onRead: (positions: readonly Position[], timeMs: number) => void): Promise<void> {
    try {
      const { positions, timeMs } = await this.read("linear");
      onRead(positions, timeMs);
    } catch (error) {
      this.#deps.log.warn("hedge.position_read_failed", { error: errorText(error) });
    } finally {
      this.#reading = false;
    }
  }

  #awaiting(reading: PositionReading): readonly Intent[] {
    return this.#recorder.state.intents.filter(
      (intent) =>
        intent.symbol === reading.symbol && intent.category === reading.category && awaitsPostcondition(intent),
    );
  }

  async #check(intent: Intent, reading: PositionReading, horizonMs: number): Promise<void> {
    const position = positionOf(this.#recorder.state, reading.category, reading.symbol);
    if (!isCurrent(reading, position, horizonMs)) return;
    const lotSize = this.#deps.rules.get(`${reading.category}/${reading.symbol}`)?.qtyStep ?? "0";
    await this.#recorder.record({
      kind: "postcondition",
      linkId: intent.linkId,
      positionQty: reading.qty,
      lotSize,
      atUs: this.#deps.clock.nowUs(),
    });
  }
}
