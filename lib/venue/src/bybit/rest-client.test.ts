import { inspect } from "node:util";

import { manualTime, systemClock, systemTimers } from "@hedgelock/runtime";
import type { ManualTime } from "@hedgelock/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FakeVenue } from "../testing/fake-venue.ts";
import { BybitRest, queryString } from "./rest-client.ts";
import { VenueError } from "./venue-error.ts";

const credentials = { apiKey: "simKey01", apiSecret: "simSecret01" };
const PATH = "/v5/position/list";

let venue: FakeVenue;
let time: ManualTime;
let rest: BybitRest;

beforeEach(async () => {
  venue = await FakeVenue.start();
  time = manualTime(venue.timeMs);
  rest = new BybitRest({ restUrl: venue.restUrl, clock: time, timers: time, credentials });
});
afterEach(async () => {
  rest.close();
  await venue[Symbol.asyncDispose]();
});

async function failure(work: Promise<unknown>): Promise<VenueError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof VenueError)) throw new Error(`expected a VenueError, got ${inspect(error)}`);
  return error;
}

test("signs what it sends, and every answer feeds the clock", async () => {
  venue.on(PATH, () => ({ result: { list: [] } }));
  venue.timeMs += 700;
  const answer = await rest.privateGet(PATH, { category: "linear", symbol: "BTCUSDT", cursor: undefined });
  expect(answer).toEqual({ result: { list: [] }, timeMs: venue.timeMs });
  const [request] = venue.requests;
  expect(request?.rawQuery).toBe("category=linear&symbol=BTCUSDT");
  expect(request?.headers).toMatchObject({
    "x-bapi-api-key": "simKey01",
    "x-bapi-timestamp": "1785600000000",
    "x-bapi-recv-window": "5000",
    "x-bapi-sign": "407b25b1a6d6d2a0501dd1430b079fc6fee0ccb8781235265e41f11848c2c79f",
  });
  expect(rest.offset.offsetMs).toBe(700);
});

test("a refused timestamp is measured anew and tried once more", async () => {
  venue.timeMs += 60_000;
  venue.on(PATH, ({ headers }) =>
    Math.abs(Number(headers["x-bapi-timestamp"]) - venue.timeMs) > 1000
      ? { result: {}, retCode: 10002, retMsg: "check your timestamp" }
      : { result: { list: [] } },
  );
  await rest.privateGet(PATH, {});
  expect(venue.to(PATH).length).toBe(2);
  expect(venue.to("/v5/market/time").length).toBe(3);
  venue.on(PATH, () => ({ result: {}, retCode: 10002 }));
  const error = await failure(rest.privateGet(PATH, {}));
  expect(error.retCode).toBe(10002);
  expect(venue.to(PATH).length).toBe(4);
});

test.each([
  [{ result: {}, retCode: 10003, retMsg: "API key is invalid." }, "VENUE_AUTH"],
  [{ result: {}, retCode: 10005, retMsg: "Permission denied" }, "VENUE_AUTH"],
  [{ raw: "", status: 401 }, "VENUE_AUTH"],
  [{ result: {}, retCode: 10006, retMsg: "Too many visits!" }, "VENUE_RATE_LIMITED"],
  [{ raw: "slow down", status: 429 }, "VENUE_RATE_LIMITED"],
  [{ result: {}, retCode: 10016, retMsg: "restarting" }, "VENUE_UNREACHABLE"],
  [{ raw: "<html>bad gateway</html>", status: 502 }, "VENUE_UNREACHABLE"],
  [{ result: {}, retCode: 10001, retMsg: "params error" }, "VENUE_REFUSED"],
  [{ result: {}, retCode: 10017, retMsg: "Route not found.", status: 404 }, "VENUE_REFUSED"],
  [{ raw: "not json", status: 200 }, "VENUE_BAD_ANSWER"],
  [{ raw: '{"retCode":0,"result":{}}', status: 200 }, "VENUE_BAD_ANSWER"],
  ["break", "VENUE_UNREACHABLE"],
] as const)("the answer %j to a read is the error %s", async (answer, code) => {
  venue.on(PATH, () => answer);
  expect((await failure(rest.privateGet(PATH, {}))).code).toBe(code);
});

test("a wrong signature's answer repeats the signed text: no key, secret or signature gets into the error", async () => {
  venue.on(PATH, ({ headers }) => ({
    result: {},
    retCode: 10004,
    retMsg: `error sign! origin_string[1785600000000simKey015000] ${String(headers["x-bapi-sign"])} simSecret01`,
  }));
  const text = inspect(await failure(rest.privateGet(PATH, {})), { depth: 20, showHidden: true });
  expect(text).toContain("10004");
  expect(text).not.toMatch(/simKey01|simSecret01|[0-9a-f]{64}/);
});

test("after HTTP 403 nothing is read for ten minutes", async () => {
  venue.on(PATH, () => ({ raw: "access too frequent", status: 403 }));
  expect((await failure(rest.privateGet(PATH, {}))).code).toBe("VENUE_RATE_LIMITED");
  venue.on(PATH, () => ({ result: {} }));
  time.advance(9 * 60_000);
  expect((await failure(rest.privateGet(PATH, {}))).code).toBe("VENUE_RATE_LIMITED");
  expect(venue.requests.length).toBe(1);
  time.advance(60_001);
  await rest.privateGet(PATH, {});
});

test("a silent venue ends a read at its deadline, not before", async () => {
  venue.on(PATH, () => "silence");
  const outcome = failure(rest.privateGet(PATH, {}));
  await vi.waitFor(() => expect(venue.requests.length).toBe(1));
  time.advance(5_000);
  expect((await outcome).message).toContain("no answer within 5000 ms");
});

test("an answer that stops in the middle ends at the deadline with that reason", async () => {
  venue.on(PATH, ({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    return "silence";
  });
  const outcome = failure(rest.privateGet(PATH, {}));
  await vi.waitFor(() => expect(venue.requests.length).toBe(1));
  time.advance(5_000);
  expect((await outcome).message).toContain("no answer within");
});

test("an endless answer is cut off", async () => {
  venue.on(PATH, ({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const chunk = "x".repeat(1 << 20);
    const write = (): void => {
      if (socket.destroyed) return;
      socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`, write);
    };
    write();
    return "silence";
  });
  expect((await failure(rest.privateGet(PATH, {}))).message).toContain("larger than");
});

test("a read over a kept connection that the venue closed meanwhile is repeated", async () => {
  venue.on(PATH, () => ({ result: {} }));
  await rest.privateGet(PATH, {});
  let broken = 0;
  venue.on(PATH, () => {
    broken += 1;
    return broken === 1 ? "break" : { result: { ok: true } };
  });
  expect((await rest.privateGet(PATH, {})).result).toEqual({ ok: true });
});

test("onSent comes after the bytes left and before the answer", async () => {
  const events: string[] = [];
  let release = (): void => {};
  venue.on("/v5/order/create", async () => {
    events.push("arrived");
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return { result: { orderId: "o1" } };
  });
  const signing = { timestampMs: venue.timeMs, recvWindowMs: 5000 };
  const answer = rest.post("/v5/order/create", "{}", signing, () => events.push("sent"));
  expect(events).toEqual([]);
  await vi.waitFor(() => expect(events).toContain("sent"));
  await vi.waitFor(() => expect(events).toContain("arrived"));
  release();
  expect(await answer).toMatchObject({ kind: "answered", retCode: 0 });
  expect(events.filter((event) => event === "sent").length).toBe(1);
});

test("a POST is sent once whatever happens, and never throws", async () => {
  const signing = { timestampMs: venue.timeMs, recvWindowMs: 5000 };
  await rest.publicGet("/v5/market/time", {});
  venue.on("/v5/order/create", () => "break");
  expect(await rest.post("/v5/order/create", "{}", signing)).toMatchObject({ kind: "no_answer" });
  venue.on("/v5/order/create", () => ({ raw: "<html>", status: 502 }));
  expect(await rest.post("/v5/order/create", "{}", signing)).toMatchObject({ kind: "no_answer" });
  expect(venue.to("/v5/order/create").length).toBe(2);
});

test("nobody listening: a read is VENUE_UNREACHABLE, an order has no answer", async () => {
  const gone = new BybitRest({ restUrl: "http://127.0.0.1:1", clock: systemClock, timers: systemTimers, credentials });
  expect((await failure(gone.privateGet(PATH, {}))).code).toBe("VENUE_UNREACHABLE");
  const answer = await gone.post("/v5/order/create", "{}", { timestampMs: 1, recvWindowMs: 1 });
  expect(answer.kind).toBe("no_answer");
  gone.close();
});

test("the query is sent as it is signed, cursors included", () => {
  expect(queryString({ category: "linear", cursor: "a%3A1,b", limit: 50, symbol: undefined })).toBe(
    "category=linear&cursor=a%253A1%2Cb&limit=50",
  );
});
