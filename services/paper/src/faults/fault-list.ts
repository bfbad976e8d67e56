import { HedgeLockError, seededRandom } from "@hedgelock/runtime";
import type { Cancel, Random, Timers } from "@hedgelock/runtime";

import type { FaultKind, FaultOf, FaultSpec } from "./fault-spec.ts";

/** A fault that is in, with what it did so far. */
export interface ActiveFault<Spec extends FaultSpec = FaultSpec> {
  readonly id: string;
  readonly spec: Spec;
  readonly random: Random;
  /** Messages that fitted. */
  seen: number;
  /** Of those, struck. */
  applied: number;
}

/** Told when faults come and go. */
export interface FaultListener {
  readonly added?: (fault: ActiveFault) => void;
  readonly removed?: (fault: ActiveFault) => void;
}

/** The faults that are in, oldest first. */
export class FaultList {
  readonly #timers: Timers;
  readonly #faults = new Map<string, { readonly fault: ActiveFault; readonly cancel: Cancel | undefined }>();
  readonly #listeners: FaultListener[] = [];
  #number = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  listen(listener: FaultListener): void {
    this.#listeners.push(listener);
  }

  get size(): number {
    return this.#faults.size;
  }

  all(): readonly ActiveFault[] {
    return [...this.#faults.values()].map(({ fault }) => fault);
  }

  of<Kind extends FaultKind>(kind: Kind): readonly ActiveFault<FaultOf<Kind>>[] {
    const isKind = (fault: ActiveFault): fault is ActiveFault<FaultOf<Kind>> => fault.spec.kind === kind;
    return this.all().filter(isKind);
  }

  /** @throws HedgeLockError FAULT_EXISTS */
  add(spec: FaultSpec): ActiveFault {
    this.#number += 1;
    const id = spec.id ?? `fault-${this.#number}`;
    if (this.#faults.has(id)) throw new HedgeLockError("FAULT_EXISTS", `there is already a fault called ${id}`);
    const fault: ActiveFault = { id, spec, random: seededRandom(spec.seed), seen: 0, applied: 0 };
    const cancel = spec.forMs === undefined ? undefined : this.#timers.after(spec.forMs, () => void this.remove(id));
    this.#faults.set(id, { fault, cancel });
    for (const listener of this.#listeners) listener.added?.(fault);
    return fault;
  }

  /** @returns whether it was there */
  remove(id: string): boolean {
    const found = this.#faults.get(id);
    if (found === undefined) return false;
    found.cancel?.();
    this.#faults.delete(id);
    for (const listener of this.#listeners) listener.removed?.(found.fault);
    return true;
  }

  clear(): void {
    for (const id of this.#faults.keys()) this.remove(id);
  }
}

/**
 * Whether a fault strikes something that fits it. Counts, and draws one random number a call: what is struck depends on
 * the seed and the order of what fits alone.
 */
export function strikes(fault: ActiveFault): boolean {
  const { skip, times, probability } = fault.spec;
  fault.seen += 1;
  const drawn = fault.random.next();
  if (fault.seen <= skip || (times !== undefined && fault.applied >= times) || drawn >= probability) return false;
  fault.applied += 1;
  return true;
}
