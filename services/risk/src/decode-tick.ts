import { PoisonMessageError } from "@hedgelock/bus";
import type { StoredMessage } from "@hedgelock/bus";
import { HEADER, Tick, marketSubject, parseSubject } from "@hedgelock/contracts";
import { parseNumber } from "@hedgelock/finance";
import { errorText } from "@hedgelock/runtime";

import type { Quote } from "./domain/quote.ts";

/** A tick as it arrived, and as the domain reads it. */
export interface ReadTick {
  readonly tick: Tick;
  readonly quote: Quote;
}

/** Runs a decoder; whatever it throws means that this message can never be understood. */
export function orPoison<Result>(what: string, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    if (error instanceof PoisonMessageError) throw error;
    throw new PoisonMessageError(`${what}: ${errorText(error)}`, { cause: error });
  }
}

function price(field: string, text: string): number | undefined {
  const value = parseNumber(text);
  if (value !== undefined && value <= 0) throw new RangeError(`${field} ${text} is not a price`);
  return value;
}

function readTick(message: StoredMessage): ReadTick {
  const tick = Tick.decode(message.payload);
  const place = parseSubject(message.subject);
  if (place?.family !== "md") throw new RangeError(`${message.subject} is not a market subject`);
  if (marketSubject(tick.venue, place.category, tick.symbol) !== message.subject || tick.category !== place.category) {
    throw new RangeError(`the tick speaks of ${tick.venue} ${tick.category} ${tick.symbol}`);
  }
  if (tick.exchangeTimeMs <= 0 || tick.receiveTimeUs <= 0) throw new RangeError("the tick has no time");
  parseNumber(tick.bidPrice);
  parseNumber(tick.askPrice);
  const { subject, messageId } = message;
  const traceparent = message.headers[HEADER.TRACEPARENT];
  return {
    tick,
    quote: {
      source: {
        subject,
        messageId,
        exchangeTimeMs: tick.exchangeTimeMs,
        receiveTimeUs: tick.receiveTimeUs,
        traceparent,
      },
      kind: tick.kind,
      last: price("last", tick.lastPrice),
      mark: price("mark", tick.markPrice),
      index: price("index", tick.indexPrice),
      markText: tick.markPrice,
      bidText: tick.bidPrice,
      askText: tick.askPrice,
    },
  };
}

/** Reads one message of MD, once. @throws PoisonMessageError when it is no sound tick of its subject */
export function decodeTick(message: StoredMessage): ReadTick {
  return orPoison("not a tick", () => readTick(message));
}
