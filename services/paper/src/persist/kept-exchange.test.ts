import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { T0, accountOf, orderRequest, testExchange } from "../testing/exchange.ts";
import { simAccounts, simExecutions, simOrders } from "../sim/sim-views.ts";
import type { Exchange } from "../domain/exchange.ts";
import { Journal } from "./journal.ts";
import { keptExchange, restoreExchange } from "./kept-exchange.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hedgelock-state-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const HEAD = { createdMs: T0, idSeed: 1, fingerprint: "f" };

/** Everything that can be seen of it. */
function seen({ state }: Exchange): unknown {
  return JSON.parse(
    JSON.stringify([
      simAccounts(state),
      simOrders(state),
      simExecutions(state),
      state.markets.map((market) => [market.price, market.candles, market.linearTrades, market.linearBook.epoch]),
      state.sequence.last,
    ]),
  );
}

function trade(exchange: Exchange): void {
  const account = accountOf(exchange);
  exchange.step([60_000], { timeMs: T0 + 10, replayTimeMs: T0 });
  exchange.createOrder(account, orderRequest({ qty: "0.2", orderLinkId: "a" }), T0 + 20);
  exchange.createOrder(account, orderRequest({ side: "Sell", price: "60500", orderLinkId: "b" }), T0 + 30);
  exchange.refreshMarket("BTCUSDT", false, true);
  exchange.setThickness("BTCUSDT", { levels: 1, lotsPerLevel: 5 });
  exchange.createOrder(account, orderRequest({ qty: "3", orderLinkId: "c" }), T0 + 40);
  exchange.step([60_600], { timeMs: T0 + 50, replayTimeMs: T0 });
}

test("all that happened comes out the same again from the journal, and goes on from there", () => {
  const journal = new Journal(folder);
  journal.begin(HEAD);
  const first = keptExchange(testExchange(), journal);
  trade(first);
  const before = seen(first);
  journal.close();

  const again = new Journal(folder);
  expect(again.head()).toEqual(HEAD);
  const bare = testExchange();
  expect(restoreExchange(bare, again, () => undefined)).toBe(7);
  expect(seen(bare)).toEqual(before);
  const second = keptExchange(bare, again);
  const result = second.createOrder(accountOf(second), orderRequest({ orderLinkId: "a" }), T0 + 60);
  expect(result.result).toMatchObject({ ok: false, refusal: { code: 110072 } });
  again.close();
});

test("a command is in the journal before it is done: one that failed half way is there too", () => {
  const journal = new Journal(folder);
  journal.begin(HEAD);
  const exchange = testExchange();
  const methods: string[] = [];
  const broken = {
    ...exchange,
    step: () => {
      methods.push(...[...journal.entries()].map(({ method }) => method));
      throw new Error("the process died here");
    },
  };
  expect(() => keptExchange(broken, journal).step([60_000], { timeMs: T0, replayTimeMs: T0 })).toThrow("died");
  expect(methods).toEqual(["step"]);
  journal.close();
});

test("a state that does not come out the same is refused, not half used", () => {
  const journal = new Journal(folder);
  journal.begin(HEAD);
  const first = keptExchange(testExchange(), journal);
  trade(first);
  journal.append({ method: "step", args: "[[60000],{}]", sequence: 1 });
  expect(() => restoreExchange(testExchange(), journal, () => undefined)).toThrow("does not come out the same again");
  journal.close();
});

test("a folder that another process uses is refused", () => {
  const journal = new Journal(folder);
  journal.begin(HEAD);
  expect(() => new Journal(folder)).toThrow("Is another paper exchange running on it?");
  journal.close();
});

test("a command with something that cannot be kept is refused before it is done", () => {
  const journal = new Journal(folder);
  const exchange = keptExchange(testExchange(), journal);
  const odd = { ...orderRequest(), qty: new Map() as unknown as string };
  expect(() => exchange.createOrder(accountOf(exchange), odd, T0)).toThrow("plain values only");
  expect([...journal.entries()]).toEqual([]);
  journal.close();
});
