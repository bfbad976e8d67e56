import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CRASHES } from "@hedgelock/prices";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startNatsServer } from "../support/nats-server.ts";
import type { NatsServer } from "../support/nats-server.ts";
import { hedgelock } from "./support/hedgelock.ts";
import { startService } from "./support/service.ts";
import type { ServiceProcess } from "./support/service.ts";

const READ = { apiKey: "read-key-of-acct-1", apiSecret: "read-secret-of-acct-1" };
const TRADE = { apiKey: "trade-key-of-acct-1", apiSecret: "trade-secret-of-acct-1" };
const WRONG_SECRET = "not-the-secret-at-all";
const ROOT = join(import.meta.dirname, "../..");

let folder = "";
let nats: NatsServer;
let paper: ServiceProcess;
let venue: unknown;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-e2e-"));
  nats = await startNatsServer();
  const provisioned = hedgelock(["provision", "--servers", nats.url]);
  if ((await provisioned.exited()) !== 0) throw new Error(provisioned.errorText());
  const [crash] = CRASHES;
  paper = await startService(
    "paper",
    {
      prices: crash?.series.map(({ symbol, file }) => ({ symbol, file: join(ROOT, file) })),
      accounts: [
        {
          account: "acct-1",
          uid: "1",
          keys: [
            { ...READ, permission: "read" },
            { ...TRADE, permission: "trade" },
          ],
          wallet: { USDT: "1000" },
        },
      ],
    },
    folder,
  );
  await paper.says(/"service.ready"/);
  const port = /"port":(\d+)/.exec(paper.log())?.[1] ?? "";
  venue = { environment: "paper", restUrl: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}` };
});
afterAll(async () => {
  await paper.stop();
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The one account, with these keys in a file. */
async function account(
  name: string,
  keys: unknown,
): Promise<readonly { readonly account: string; readonly keyFile: string }[]> {
  const keyFile = join(folder, `${name}.key.json`);
  await writeFile(keyFile, JSON.stringify(keys), { mode: 0o600 });
  return [{ account: "acct-1", keyFile }];
}

const NOWHERE = { environment: "paper", restUrl: "http://127.0.0.1:1", wsUrl: "ws://127.0.0.1:1" };
const NO_NATS = { servers: ["nats://127.0.0.1:1"] };
const LIMITS = { perSymbol: { BTCUSDT: { maxOrderQty: "1", maxDayQty: "10" } } };
const INSTRUMENTS = [{ category: "linear", symbol: "BTCUSDT" }];
const ASSET = {
  base: "BTC",
  hedge: { category: "linear", symbol: "BTCUSDT" },
  price: { category: "spot", symbol: "BTCUSDT" },
};

describe.concurrent("something is absent or wrong", () => {
  it.each(["collector", "risk", "hedger"] as const)("%s ends with 1 and says that there is no NATS", async (name) => {
    const configs = {
      collector: { nats: NO_NATS, venue, instruments: INSTRUMENTS },
      risk: { nats: NO_NATS, instruments: [ASSET], policy: { version: "1", minHedgeBaseQty: { BTC: "0.001" } } },
      hedger: { nats: NO_NATS, venue, accounts: await account("no-nats", TRADE), limits: LIMITS },
    };
    const service = await startService(name, configs[name], folder);
    expect(await service.exited(), service.log()).toBe(1);
    expect(service.log()).toContain("no NATS server reached within");
    expect(service.log()).toContain("nats://127.0.0.1:1");
  });

  it("the hedger ends with 1 and says that the exchange does not answer", async () => {
    const config = {
      nats: { servers: nats.servers },
      venue: NOWHERE,
      accounts: await account("trade", TRADE),
      limits: LIMITS,
    };
    const service = await startService("hedger", config, folder);
    expect(await service.exited(), service.log()).toBe(1);
    expect(service.log()).toMatch(/"service.start_failed","code":"VENUE_UNREACHABLE".*ECONNREFUSED/);
  });

  it("the collector keeps trying and says that the exchange does not answer", async () => {
    const config = { nats: { servers: nats.servers }, venue: NOWHERE, instruments: INSTRUMENTS };
    const service = await startService("collector", config, folder);
    await service.says(/"feed":"market","state":"connecting","detail":"connect ECONNREFUSED 127.0.0.1:1"/);
    expect(await service.stop()).toBe(0);
  });

  it("the hedger ends with 1 on a wrong key, and does not tell the secret", async () => {
    const accounts = await account("wrong-trade", { ...TRADE, apiSecret: WRONG_SECRET });
    const service = await startService(
      "hedger",
      { nats: { servers: nats.servers }, venue, accounts, limits: LIMITS },
      folder,
    );
    expect(await service.exited(), service.log()).toBe(1);
    expect(service.log()).toMatch(/"code":"VENUE_AUTH".*check the API key/);
    expect(service.log()).not.toContain(WRONG_SECRET);
  });

  it("the hedger ends with 2 on a key that may only read", async () => {
    const config = {
      nats: { servers: nats.servers },
      venue,
      accounts: await account("read-only", READ),
      limits: LIMITS,
    };
    const service = await startService("hedger", config, folder);
    expect(await service.exited(), service.log()).toBe(2);
    expect(service.log()).toMatch(/"code":"HEDGER_KEY_RIGHTS".*is read-only/);
  });

  it("the collector says that the exchange refuses a wrong key, and does not tell the secret", async () => {
    const accounts = await account("wrong-read", { ...READ, apiSecret: WRONG_SECRET });
    const config = { nats: { servers: nats.servers }, venue, instruments: INSTRUMENTS, accounts };
    const service = await startService("collector", config, folder);
    await service.says(/"feed":"account-acct-1","state":"down","detail":"VENUE_AUTH: the venue refused the API key/);
    expect(await service.stop()).toBe(0);
    expect(service.log()).not.toContain(WRONG_SECRET);
  });
});
