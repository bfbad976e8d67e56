import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { NATS_USERS, natsAuthorization } from "@hedgelock/bus";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startNatsServer } from "../support/nats-server.ts";
import { hedgelock, runFolder, signalNaming } from "./support/hedgelock.ts";
import { startService } from "./support/service.ts";

const SERVICES = ["collector", "risk", "hedger"] as const;
type Service = (typeof SERVICES)[number];

let own = "";
beforeAll(async () => {
  own = await mkdtemp(join(tmpdir(), "hedgelock-e2e-"));
});
afterAll(async () => {
  await rm(own, { recursive: true, force: true });
});

const passwordFile = (folder: string, user: string): string => join(folder, `nats.${user}.password`);

async function textsOf(folder: string, ending: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending));
  return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
}

/** Every user has a password of its own, which stands in its own file and in the server's configuration only. */
async function expectSecretsKept(folder: string, outputs: readonly string[]): Promise<void> {
  const files = NATS_USERS.map((user) => passwordFile(folder, user));
  const passwords = await Promise.all(files.map((file) => readFile(file, "utf8")));
  expect(new Set(passwords).size).toBe(NATS_USERS.length);
  for (const file of [...files, join(folder, "nats.conf")]) expect((await stat(file)).mode & 0o777).toBe(0o600);
  const elsewhere = [...(await textsOf(folder, ".log")), ...(await textsOf(folder, ".json")), ...outputs].join("\n");
  for (const password of passwords) expect(elsewhere).not.toContain(password);
  for (const service of SERVICES) {
    const config = await readFile(join(folder, `${service}.json`), "utf8");
    expect(JSON.parse(config)).toMatchObject({
      nats: { user: service, passwordFile: passwordFile(folder, service) },
    });
  }
}

/** Replaces the password of one user in the configuration of the running server. */
async function revoke(folder: string, user: Service): Promise<void> {
  const conf = join(folder, "nats.conf");
  const text = await readFile(conf, "utf8");
  const changed = text.replace(await readFile(passwordFile(folder, user), "utf8"), "another-password");
  expect(changed).not.toBe(text);
  await writeFile(conf, changed);
  await signalNaming(conf, "SIGHUP");
}

describe("the users of the bus in a whole run", () => {
  it.each(SERVICES)("do their work with their own rights; a revoked %s ends and says why", async (service) => {
    const run = hedgelock(["start", "--exit", "--ticks-per-second", "20"]);
    const folder = await runFolder(run);
    try {
      await run.line(/ fill /);
      const logs = (await textsOf(folder, ".log")).join("\n");
      expect(logs).not.toMatch(/Violation|bus\.denied/);
      await revoke(folder, service);
      expect(await run.exited()).toBe(3);
      expect(run.errorText()).toContain(`${service} ended by itself (exit status 1): NATS at nats://127.0.0.1:`);
      expect(run.errorText()).toContain(
        `no longer takes user "${service}" with the password in ${passwordFile(folder, service)}: it was changed or revoked`,
      );
      expect(await readFile(join(folder, `${service}.log`), "utf8")).toMatch(
        /"event":"service.fatal","code":"BUS_UNAUTHORIZED"/,
      );
      await expectSecretsKept(folder, [...run.lines, run.errorText()]);
    } finally {
      run.kill("SIGTERM");
      await run.exited();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("a wrong password", () => {
  const WRONG = "not-the-password-at-all";
  const venue = { environment: "paper", restUrl: "http://127.0.0.1:1", wsUrl: "ws://127.0.0.1:1" };
  const product = { category: "linear", symbol: "BTCUSDT" };

  it.each(SERVICES)("ends the %s at its start, with user and file and without the secret", async (service) => {
    await using server = await startNatsServer({
      config: natsAuthorization(NATS_USERS.map((name) => ({ name, password: "the-right-one" }))),
    });
    const file = passwordFile(own, service);
    const keyFile = join(own, `${service}.key.json`);
    await writeFile(file, `${WRONG}\n`);
    await writeFile(keyFile, JSON.stringify({ apiKey: "key", apiSecret: "secret" }));
    const nats = { servers: server.servers, user: service, passwordFile: file };
    const configs: Readonly<Record<Service, unknown>> = {
      collector: { nats, venue, instruments: [product] },
      risk: {
        nats,
        instruments: [{ base: "BTC", hedge: product, price: { category: "spot", symbol: "BTCUSDT" } }],
        policy: { version: "1", minHedgeBaseQty: { BTC: "0.001" } },
      },
      hedger: {
        nats,
        venue,
        accounts: [{ account: "acct-1", keyFile }],
        limits: { perSymbol: { BTCUSDT: { maxOrderQty: "1", maxDayQty: "10" } } },
      },
    };
    const process = await startService(service, configs[service], own);
    expect(await process.exited(), process.log()).toBe(1);
    expect(process.log()).toContain('"code":"BUS_UNAUTHORIZED"');
    expect(process.log()).toContain(`refuses user \\"${service}\\" with the password in ${file}`);
    expect(process.log()).not.toContain(WRONG);
  });

  it("is told by provision and wait in the same way", async () => {
    await using server = await startNatsServer({
      config: natsAuthorization(NATS_USERS.map((name) => ({ name, password: "the-right-one" }))),
    });
    const file = passwordFile(own, "provision");
    await writeFile(file, `${WRONG}\n`);
    const as = (user: string) => ["--servers", server.url, "--user", user, "--password-file", file];
    for (const run of [hedgelock(["provision", ...as("provision")]), hedgelock(["wait", ...as("risk")])]) {
      expect(await run.exited()).toBe(1);
      expect(run.errorText()).toMatch(/refuses user "(provision|risk)" with the password in /);
      expect(run.errorText()).not.toContain(WRONG);
    }
    await writeFile(file, "the-right-one\n");
    expect(await hedgelock(["provision", ...as("provision")]).exited()).toBe(0);
    for (const user of NATS_USERS) expect(await hedgelock(["wait", ...as(user)]).exited()).toBe(0);
    const denied = hedgelock(["provision", ...as("hedger")]);
    expect(await denied.exited()).toBe(1);
    expect(denied.errorText()).toContain('denies this user publishing on "$JS.API.STREAM.INFO.');
  });
});
