import type { Timers } from "@hedgelock/runtime";

import { changeFields } from "./change-fields.ts";
import { crossBook } from "./cross-book.ts";
import type { ActiveFault, FaultList } from "./fault-list.ts";
import { strikes } from "./fault-list.ts";
import { patternFits } from "./fault-spec.ts";
import type { FaultSpec } from "./fault-spec.ts";

/** A connection as the faults see it. */
export interface FaultyConnection {
  readonly id: string;
  readonly channel: string;
  /** Of the account that logged in. */
  readonly uid: string | undefined;
  terminate(): void;
}

/** Writes a frame to the socket. */
type Deliver = (text: string) => void;

type ScopedSpec = Extract<FaultSpec, { readonly channel: string }>;

interface Frame {
  readonly name: string;
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** Pongs and acknowledgements are named "op:…", so that faults of all topics leave them alone. */
function nameOf(json: Readonly<Record<string, unknown>> | undefined): string {
  const topic = json?.["topic"];
  if (typeof topic === "string") return topic;
  const op = json?.["op"];
  return `op:${typeof op === "string" ? op : ""}`;
}

function readFrame(text: string): Frame {
  const value: unknown = JSON.parse(text);
  const json =
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]: [string, unknown]) => [key, inner]))
      : undefined;
  return { name: nameOf(json), json };
}

function topicFits(pattern: string | undefined, name: string): boolean {
  if (pattern === undefined) return false;
  return pattern === "*" ? !name.startsWith("op:") : patternFits(pattern, name);
}

/** Lays the faults over everything that is sent on WebSockets. */
export class WsFaults {
  readonly #faults: FaultList;
  readonly #timers: Timers;
  readonly #open = new Set<FaultyConnection>();
  /** Held back by fault, in order. */
  readonly #held = new Map<string, (() => void)[]>();
  readonly #lots = new Map<string, (() => void)[]>();
  #refusedUntil: { readonly channel: string; readonly fault: string }[] = [];

  constructor(faults: FaultList, timers: Timers) {
    this.#faults = faults;
    this.#timers = timers;
    faults.listen({
      added: (fault) => {
        if (fault.spec.kind === "ws_cut") this.#cut(fault, fault.spec);
      },
      removed: (fault) => {
        this.#release(fault.id);
        this.#refusedUntil = this.#refusedUntil.filter((one) => one.fault !== fault.id);
      },
    });
  }

  /** Whether anything can happen to a frame: when not, nobody looks into it. */
  get active(): boolean {
    return this.#faults.size > 0;
  }

  /** Whether a new connection is turned away. */
  refuses(channel: string): boolean {
    return this.#refusedUntil.some((one) => one.channel === "any" || one.channel === channel);
  }

  opened(connection: FaultyConnection): void {
    this.#open.add(connection);
  }

  closed(connection: FaultyConnection): void {
    this.#open.delete(connection);
  }

  /** Sends a frame as the faults want it: changed, late, several times, out of order, or not at all. */
  pass(connection: FaultyConnection, text: string, deliver: Deliver): void {
    const frame = readFrame(text);
    let out = text;
    let copies = 1;
    let delayMs = 0;
    let hold: ActiveFault | undefined;
    let lot: { readonly fault: ActiveFault; readonly window: number; readonly maxHoldMs: number } | undefined;
    for (const fault of this.#faults.all()) {
      const { spec } = fault;
      if (!("channel" in spec) || !this.#fits(spec, connection, frame.name)) continue;
      switch (spec.kind) {
        case "ws_drop":
          if (strikes(fault)) return;
          break;
        case "book_gap":
          if (frame.json?.["type"] === "delta" && strikes(fault)) return;
          break;
        case "ws_stall":
          if (strikes(fault)) hold ??= fault;
          break;
        case "ws_delay":
          if (strikes(fault)) delayMs += spec.delayMs;
          break;
        case "ws_duplicate":
          if (strikes(fault)) copies += spec.copies;
          break;
        case "ws_shuffle":
          if (strikes(fault)) lot ??= { fault, window: spec.window, maxHoldMs: spec.maxHoldMs };
          break;
        case "book_crossed":
          if (strikes(fault)) out = JSON.stringify(crossBook(JSON.parse(out)));
          break;
        case "field":
          if (strikes(fault)) out = changedFrame(out, spec);
          break;
        case "ws_cut":
          break;
        default:
          spec satisfies never;
      }
    }
    const send = (): void => {
      for (let copy = 0; copy < copies; copy += 1) deliver(out);
    };
    if (hold !== undefined) this.#hold(hold.id, send);
    else if (lot !== undefined) this.#collect(lot, connection.id, send);
    else if (delayMs > 0) this.#timers.after(delayMs, send);
    else send();
  }

  #fits(spec: ScopedSpec, connection: FaultyConnection, name: string): boolean {
    if (spec.channel !== "any" && spec.channel !== connection.channel) return false;
    if (spec.account !== undefined && spec.account !== connection.uid) return false;
    return spec.kind !== "ws_cut" && topicFits(spec.topic, name);
  }

  #cut(fault: ActiveFault, spec: Extract<FaultSpec, { readonly kind: "ws_cut" }>): void {
    for (const connection of this.#open) {
      if (spec.channel !== "any" && spec.channel !== connection.channel) continue;
      if (spec.account !== undefined && spec.account !== connection.uid) continue;
      if (strikes(fault)) connection.terminate();
    }
    // It has done all it does, but stays listed with its count until it is removed.
    if (spec.refuseMs === 0) return;
    this.#refusedUntil.push({ channel: spec.channel, fault: fault.id });
    this.#timers.after(spec.refuseMs, () => {
      this.#refusedUntil = this.#refusedUntil.filter((one) => one.fault !== fault.id);
    });
  }

  #hold(id: string, send: () => void): void {
    const held = this.#held.get(id) ?? [];
    held.push(send);
    this.#held.set(id, held);
  }

  #collect(
    lot: { readonly fault: ActiveFault; readonly window: number; readonly maxHoldMs: number },
    connectionId: string,
    send: () => void,
  ): void {
    const key = `${lot.fault.id} ${connectionId}`;
    const waiting = this.#lots.get(key) ?? [];
    waiting.push(send);
    this.#lots.set(key, waiting);
    if (waiting.length >= lot.window) this.#scatter(key, lot.fault);
    else if (waiting.length === 1) this.#timers.after(lot.maxHoldMs, () => this.#scatter(key, lot.fault, waiting));
  }

  /** Sends a lot in disorder. @param only when that lot is still waiting */
  #scatter(key: string, fault: ActiveFault, only?: readonly (() => void)[]): void {
    const waiting = this.#lots.get(key);
    if (waiting === undefined || (only !== undefined && only !== waiting)) return;
    this.#lots.delete(key);
    while (waiting.length > 0) {
      const [send] = waiting.splice(Math.floor(fault.random.next() * waiting.length), 1);
      send?.();
    }
  }

  #release(id: string): void {
    const held = this.#held.get(id) ?? [];
    this.#held.delete(id);
    for (const send of held) send();
    for (const [key, waiting] of this.#lots) {
      if (!key.startsWith(`${id} `)) continue;
      this.#lots.delete(key);
      for (const send of waiting) send();
    }
  }
}

/** Of a message only the data changes: its envelope is what it is routed by. */
function changedFrame(text: string, spec: Extract<FaultSpec, { readonly kind: "field" }>): string {
  const { json } = readFrame(text);
  if (json === undefined || !("data" in json)) return text;
  return JSON.stringify({ ...json, data: changeFields(json["data"], spec) });
}
