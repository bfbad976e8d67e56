import { expect, test } from "vitest";

import { dig } from "../testing/json.ts";
import { T0, stepTo, testExchange } from "../testing/exchange.ts";
import { BookTopic } from "./book-topic.ts";

test("the best level is news only when it changes, and is sent again with the same u when it does not", () => {
  const exchange = testExchange();
  const [market] = exchange.state.markets;
  if (market === undefined) throw new Error("no market");
  const topic = new BookTopic(market, "linear", 1, T0);
  stepTo(exchange, 60_000);
  expect(topic.update(T0 + 10)).toBeUndefined();
  expect(topic.silenceMs(T0 + 3000)).toBe(3000);
  const again = topic.snapshot(T0 + 3000);
  expect(dig(again, "data", "u")).toBe(T0 * 10);
  expect(topic.silenceMs(T0 + 3000)).toBe(0);
  stepTo(exchange, 60_000.1);
  const news = topic.update(T0 + 3010);
  expect(news).toMatchObject({ type: "snapshot", data: { u: T0 * 10 + 1, b: [["60000.10", expect.any(String)]] } });
});
