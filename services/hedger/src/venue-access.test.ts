import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { silentLogger, systemClock, systemTimers } from "@hedgelock/runtime";
import { checkedVenue } from "@hedgelock/venue";
import { afterEach, beforeEach, expect, it } from "vitest";

import { hedgerConfig } from "./config.ts";
import { openVenue, type VenueAccess } from "./venue-access.ts";

const INSTRUMENT = {
  symbol: "BTCUSDT",
  baseCoin: "BTC",
  quoteCoin: "USDT",
  settleCoin: "USDT",
  status: "Trading",
  priceFilter: { tickSize: "0.10", minPrice: "0.10", maxPrice: "1999999.80" },
  lotSizeFilter: {
    qtyStep: "0.001",
    minOrderQty: "0.001",
    maxOrderQty: "1190.000",
    maxMktOrderQty: "120.000",
    minNotionalValue: "5",
  },
};
const TRADES = { ContractTrade: ["Order", "Position"], Derivatives: ["DerivativesTrade"], Wallet: ["AccountTransfer"] };

let folder: string;
let server: Server;
let rights: { readonly retCode: number; readonly result: unknown };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-access-"));
  await writeFile(join(folder, "key.json"), JSON.stringify({ apiKey: "simKey01", apiSecret: "simSecret01" }));
  rights = { retCode: 0, result: { readOnly: 0, permissions: TRADES } };
  server = createServer((request, response) => {
    const time = systemClock.nowMs();
    const url = request.url ?? "";
    const answer = url.startsWith("/v5/user/query-api")
      ? rights
      : url.startsWith("/v5/market/instruments-info")
        ? { retCode: 0, result: { category: "linear", list: [INSTRUMENT], nextPageCursor: "" } }
        : { retCode: 0, result: { timeSecond: String(Math.floor(time / 1000)), timeNano: `${time}000000` } };
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ retMsg: "scripted", retExtInfo: {}, time, ...answer }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(changes: object = {}): Promise<VenueAccess> {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const config = hedgerConfig.parse({
    nats: { servers: ["nats://127.0.0.1:1"] },
    venue: { environment: "paper", restUrl: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}` },
    accounts: [{ account: "alice", keyFile: join(folder, "key.json") }],
    limits: { perSymbol: { BTCUSDT: { maxOrderQty: "1", maxDayQty: "10" } } },
    ...changes,
  });
  return openVenue({
    config,
    venue: checkedVenue(config.venue, ["alice"]),
    clock: systemClock,
    timers: systemTimers,
    log: silentLogger,
    signal: new AbortController().signal,
  });
}

it("opens order entry for each account and reads the rules of each instrument", async () => {
  const access = await open();
  expect([...access.accounts.keys()]).toEqual(["alice"]);
  expect(access.rules.get("linear/BTCUSDT")).toMatchObject({ tickSize: "0.1", qtyStep: "0.001", minNotional: "5" });
  access.close();
});

it("refuses a read-only key, one that may not trade contracts, and one that may withdraw, by name of the file", async () => {
  rights = { retCode: 0, result: { readOnly: 1, permissions: TRADES } };
  await expect(open()).rejects.toThrow(/key\.json\) is read-only/);
  rights = { retCode: 0, result: { readOnly: 0, permissions: { Spot: ["SpotTrade"] } } };
  await expect(open()).rejects.toThrow(/may not place contract orders/);
  rights = { retCode: 0, result: { readOnly: 0, permissions: { ...TRADES, Wallet: ["Withdraw"] } } };
  await expect(open()).rejects.toThrow(/may withdraw coins/);
});

it("refuses a wrong key at once, without telling it", async () => {
  rights = { retCode: 10003, result: {} };
  const failure = await open().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "VENUE_AUTH" });
  expect(String(failure)).not.toContain("simSecret01");
});

it("refuses an instrument the venue does not have", async () => {
  const limits = { perSymbol: { NOSUCH: { maxOrderQty: "1", maxDayQty: "10" } } };
  await expect(open({ limits })).rejects.toThrow(/no linear instrument NOSUCH/);
});

it("refuses a key file it cannot read", async () => {
  await expect(open({ accounts: [{ account: "alice", keyFile: join(folder, "none.json") }] })).rejects.toThrow(
    /none\.json/,
  );
});
