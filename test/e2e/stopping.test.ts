import { rm } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { until } from "../support/until.ts";
import { KILLED, SHIM, exists, hedgelock, processesNaming, runFolder, signalNaming } from "./support/hedgelock.ts";
import type { HedgeLock } from "./support/hedgelock.ts";

/** Slow enough that nothing ends by itself. */
const LONG = ["start", "--exit", "--ticks-per-second", "20"];

async function start(program?: string): Promise<{ readonly run: HedgeLock; readonly folder: string }> {
  const run = hedgelock(LONG, {}, program);
  return { run, folder: await runFolder(run) };
}

async function noProcessLeft(folder: string): Promise<void> {
  await until("no process left", async () => (await processesNaming(folder)).length === 0);
}

async function nothingLeft(folder: string): Promise<void> {
  await noProcessLeft(folder);
  await until("no folder left", async () => !(await exists(folder)));
}

describe("stopping", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends everything in order on %s while prices run",
    async (signal) => {
      const { run, folder } = await start();
      await run.line(/ intent /);
      run.kill(signal);
      expect(await run.exited()).toBe(130);
      expect(run.errorText()).toBe("");
      await nothingLeft(folder);
    },
  );

  it.each([
    ["before anything is ready", /logs of every part/],
    ["after nats-server", /ready +nats-server/],
    ["after the exchange", /ready +paper/],
  ])("ends everything when asked %s", async (_when, pattern) => {
    const { run, folder } = await start();
    await run.line(pattern);
    run.kill("SIGINT");
    expect(await run.exited()).toBe(130);
    await nothingLeft(folder);
  });

  it("ends a part that hangs, too", async () => {
    const { run, folder } = await start();
    await run.line(/ intent /);
    await signalNaming(`${folder}/hedger.json`, "SIGSTOP");
    run.kill("SIGINT");
    expect(await run.exited()).toBe(130);
    await nothingLeft(folder);
  });

  it("leaves nothing behind when it is killed with -9", async () => {
    const { run, folder } = await start();
    await run.line(/ intent /);
    run.kill("SIGKILL");
    expect(await run.exited()).toBe(KILLED);
    await nothingLeft(folder);
  });

  it.each(["hedger.json", "nats.conf"])(
    "names the part that broke, keeps its logs, and ends the rest (%s)",
    async (file) => {
      const { run, folder } = await start();
      await run.line(/ intent /);
      await signalNaming(`${folder}/${file}`, "SIGKILL");
      expect(await run.exited()).toBe(3);
      expect(run.errorText()).toMatch(
        file === "nats.conf" ? /nats-server ended by itself \(SIGKILL\)/ : /hedger ended by itself \(SIGKILL\)/,
      );
      expect(run.errorText()).toContain(`kept in ${folder}`);
      expect(await exists(`${folder}/hedger.log`)).toBe(true);
      await noProcessLeft(folder);
      await rm(folder, { recursive: true });
    },
  );

  it.each([
    ["SIGTERM", 130],
    ["SIGKILL", KILLED],
  ] as const)("ends everything when the shim that started it gets %s", async (signal, status) => {
    const { run, folder } = await start(SHIM);
    await run.line(/ready +hedger/);
    run.kill(signal);
    expect(await run.exited()).toBe(status);
    await nothingLeft(folder);
  });
});
