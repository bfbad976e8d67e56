import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { applyEnvironment, loadConfig } from "./config.ts";

const schema = z.strictObject({
  nats: z.strictObject({ servers: z.array(z.string()).min(1) }),
  maxTickAgeMs: z.int().min(1),
});

describe("loadConfig", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hedgelock-config-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function load(content: string, environment: Record<string, string> = {}) {
    const file = join(folder, "risk.json");
    await writeFile(file, content);
    return loadConfig({ service: "risk", schema, file, environment });
  }

  it("splits common keys from the service's own and fills defaults", async () => {
    const config = await load(JSON.stringify({ nats: { servers: ["a"] }, maxTickAgeMs: 5, log: { level: "debug" } }));
    expect(config.own).toEqual({ nats: { servers: ["a"] }, maxTickAgeMs: 5 });
    expect(config.common).toEqual({
      http: { host: "127.0.0.1", port: 0 },
      log: { level: "debug" },
      shutdownBudgetMs: 10_000,
    });
  });

  it("lists every problem at once, with its place, and refuses unknown keys at any depth", async () => {
    const bad = { nats: { servers: [], sevrers: ["x"] }, maxTickAgeMs: "soon", http: { prot: 1 }, riks: true };
    const failure = await load(JSON.stringify(bad)).catch((error: unknown) => error);
    const text = String(failure);
    expect(failure).toMatchObject({ code: "CONFIG_INVALID", exitStatus: 2 });
    for (const part of ["nats.servers", "sevrers", "maxTickAgeMs", "prot", "riks"]) expect(text).toContain(part);
  });

  it("lets the environment override single values", async () => {
    const config = await load(JSON.stringify({ nats: { servers: ["a"] }, maxTickAgeMs: 5 }), {
      HEDGELOCK_CONFIG__MAX_TICK_AGE_MS: "77",
      HEDGELOCK_CONFIG__NATS__SERVERS: '["b"]',
      HEDGELOCK_OTHER: "not a configuration key",
    });
    expect(config.own).toEqual({ nats: { servers: ["b"] }, maxTickAgeMs: 77 });
  });

  it("says which file is missing or is not JSON", async () => {
    const missing = loadConfig({ service: "risk", schema, file: join(folder, "none.json"), environment: {} });
    await expect(missing).rejects.toMatchObject({ code: "CONFIG_UNREADABLE", exitStatus: 2 });
    await expect(load("{")).rejects.toMatchObject({ code: "CONFIG_NOT_JSON", exitStatus: 2 });
    await expect(load("[]")).rejects.toMatchObject({ code: "CONFIG_NOT_JSON" });
  });
});

describe("applyEnvironment", () => {
  it("does not change the object it is given", () => {
    const file = { log: { level: "info" } };
    expect(applyEnvironment(file, { HEDGELOCK_CONFIG__LOG__LEVEL: "warn" })).toEqual({ log: { level: "warn" } });
    expect(file).toEqual({ log: { level: "info" } });
  });
});
