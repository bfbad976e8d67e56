import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { HedgeLockError, systemTimers } from "@hedgelock/runtime";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LIVES, STUBBORN, dummy, readyLine } from "./testing/dummy.ts";
import { createSupervisor } from "./supervisor.ts";
import type { Supervisor } from "./supervisor.ts";

const READY_MS = 20_000;
const never = new AbortController().signal;

let folder = "";
let supervisor: Supervisor;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-test-"));
  supervisor = createSupervisor({ timers: systemTimers, folder });
});
afterEach(async () => {
  await supervisor.stopAll(1000, AbortSignal.abort());
  await rm(folder, { recursive: true, force: true });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** True while the process runs; an ended one that nobody has reaped (as in containers without an init) does not. */
async function running(pid: number): Promise<boolean> {
  if (!alive(pid)) return false;
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) Z /.test(status);
}

describe("supervisor", () => {
  it("starts programs, waits for their word, and stops them last started first", async () => {
    const first = await supervisor.start(dummy("first", folder, LIVES));
    const second = await supervisor.start(dummy("second", folder, LIVES));
    await supervisor.waitForLine(first, readyLine, READY_MS, supervisor.failed);
    await supervisor.waitForLine(second, readyLine, READY_MS, supervisor.failed);
    const ended: string[] = [];
    void first.exited.then(() => ended.push("first"));
    void second.exited.then(() => ended.push("second"));
    await supervisor.stopAll(READY_MS, never);
    expect(ended).toEqual(["second", "first"]);
    expect(first.exit).toEqual({ status: 0, signal: null });
    expect(supervisor.failed.aborted).toBe(false);
    expect(await readFile(first.spec.logFile, "utf8")).toContain("stopped");
  });

  it("reports a program that ends by itself with the line that says why", async () => {
    const script = `console.log(JSON.stringify({ level: "error", event: "service.start_failed", msg: "cannot reach NATS at 127.0.0.1:1" })); console.log("bye"); process.exit(1);`;
    const child = await supervisor.start(dummy("risk", folder, script));
    await expect(supervisor.waitForLine(child, readyLine, READY_MS, never)).rejects.toMatchObject({
      code: "SERVICE_ENDED",
      exitStatus: 3,
      message: expect.stringContaining("risk ended by itself (exit status 1): cannot reach NATS at 127.0.0.1:1"),
    });
    await vi.waitFor(() => expect(supervisor.failed.aborted).toBe(true), READY_MS);
    expect(supervisor.failed.reason).toBeInstanceOf(HedgeLockError);
  });

  it("notices a program that is killed while it runs", async () => {
    const child = await supervisor.start(dummy("hedger", folder, LIVES));
    await supervisor.waitForLine(child, readyLine, READY_MS, never);
    process.kill(child.pid, "SIGKILL");
    await vi.waitFor(() => expect(supervisor.failed.aborted).toBe(true), READY_MS);
    expect(String(supervisor.failed.reason)).toContain("hedger ended by itself (SIGKILL)");
  });

  it("says what is missing when a program is not ready in time", async () => {
    const child = await supervisor.start(dummy("paper", folder, LIVES.replace("service.ready", "loading")));
    await expect(supervisor.waitForLine(child, readyLine, 50, never)).rejects.toThrow(
      "paper was not ready within 0.05 s",
    );
  });

  it("kills a program that does not stop within the budget, or at once in a hurry", async () => {
    const child = await supervisor.start(dummy("stubborn", folder, STUBBORN));
    await supervisor.waitForLine(child, readyLine, READY_MS, never);
    await child.stop(50, never);
    expect(child.exit?.signal).toBe("SIGKILL");
    const other = await supervisor.start(dummy("stubborn-too", folder, STUBBORN));
    await supervisor.waitForLine(other, readyLine, READY_MS, never);
    await other.stop(600_000, AbortSignal.abort());
    expect(other.exit?.signal).toBe("SIGKILL");
  });

  it("says so when a program cannot be started", async () => {
    const spec = { ...dummy("nats-server", folder, ""), command: join(folder, "no-such-program") };
    await expect(supervisor.start(spec)).rejects.toMatchObject({ code: "CHILD_NOT_STARTED", exitStatus: 3 });
  });
});

describe("keeper", () => {
  it("ends the children and removes the folder when the parent is killed with -9", async () => {
    const own = await mkdtemp(join(tmpdir(), "hedgelock-test-"));
    const parent = spawn(process.execPath, [fileURLToPath(new URL("testing/parent.ts", import.meta.url)), own], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as unknown[];
    const pids = JSON.parse(String(line)) as number[];
    expect(pids).toHaveLength(2);
    for (const pid of pids) expect(alive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await vi.waitFor(
      async () => {
        for (const pid of pids) expect(await running(pid)).toBe(false);
        await expect(access(own)).rejects.toThrow("ENOENT");
      },
      { timeout: READY_MS, interval: 50 },
    );
  });
});
