import { HedgeLockError } from "@hedgelock/runtime";

import type { ExchangeEvent } from "../domain/events.ts";
import type { Exchange } from "../domain/exchange.ts";
import { recordFills } from "../domain/public-record.ts";
import { decodeArguments, encodeArguments } from "./encode-arguments.ts";
import type { Journal } from "./journal.ts";

function isEventList(value: unknown): value is readonly ExchangeEvent[] {
  return (
    Array.isArray(value) && value.every((one: unknown) => typeof one === "object" && one !== null && "kind" in one)
  );
}

/** Events that a command gave back, alone or beside its result. */
function eventsOf(outcome: unknown): readonly ExchangeEvent[] {
  if (isEventList(outcome)) return outcome;
  if (typeof outcome !== "object" || outcome === null || !("events" in outcome)) return [];
  return isEventList(outcome.events) ? outcome.events : [];
}

function runCommand(exchange: Exchange, method: string, args: readonly unknown[]): unknown {
  const command: unknown = Reflect.get(exchange, method);
  if (typeof command !== "function") throw new TypeError(`the exchange has no command ${method}`);
  const outcome: unknown = Reflect.apply(command, exchange, args);
  const events = eventsOf(outcome);
  if (events.length > 0) recordFills(exchange.state, events);
  return outcome;
}

/**
 * The exchange with every command put into the journal before it is done, and its fills into the public record after.
 * @param journal undefined keeps nothing
 */
export function keptExchange(exchange: Exchange, journal: Journal | undefined): Exchange {
  const commands = new Map<PropertyKey, unknown>();
  return new Proxy(exchange, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function" || typeof name !== "string") return value;
      let command = commands.get(name);
      if (command === undefined) {
        command = (...args: readonly unknown[]): unknown => {
          journal?.append({
            method: name,
            args: encodeArguments(args, target.state),
            sequence: target.state.sequence.last,
          });
          return runCommand(target, name, args);
        };
        commands.set(name, command);
      }
      return command;
    },
  });
}

/**
 * Does all commands of a journal again.
 * @param exchange as it was before the first of them @param onCommand told each command that was done
 * @throws HedgeLockError PAPER_STATE when something comes out differently from the first time
 */
export function restoreExchange(
  exchange: Exchange,
  journal: Journal,
  onCommand: (method: string, args: readonly unknown[]) => void,
): number {
  let count = 0;
  for (const entry of journal.entries()) {
    count += 1;
    const { last } = exchange.state.sequence;
    if (last !== entry.sequence) {
      throw new HedgeLockError(
        "PAPER_STATE",
        `the state in ${journal.folder} does not come out the same again (command ${count}, sequence ${last} instead of ${entry.sequence}): it was kept by another version. Start with a new folder.`,
        { exitStatus: 2 },
      );
    }
    const args = decodeArguments(entry.args, exchange.state);
    runCommand(exchange, entry.method, args);
    onCommand(entry.method, args);
  }
  return count;
}
