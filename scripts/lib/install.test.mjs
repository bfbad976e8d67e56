import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fakeCheckout, isRunning, until } from "../testing/checkout.mjs";
import { npmCommand } from "./install.mjs";

describe("installing from the lock file", () => {
  let checkout;
  beforeEach(() => {
    checkout = fakeCheckout();
  });
  afterEach(() => checkout.remove());

  it("installs on the first start in one line, hands over, and is silent on the second", async () => {
    const first = await checkout.run(["start", "--accounts", "3"]);
    expect(first.stderr).toBe("hedgelock: installing packages from the lock file (first start; takes a minute)\n");
    expect(JSON.parse(first.stdout)).toEqual({
      args: ["start", "--accounts", "3"],
      nats: join(checkout.bin, "nats-server"),
    });
    expect(checkout.read("npm-runs")).toMatch(/^ci --ignore-scripts --no-audit --no-fund /);

    const second = await checkout.run(["start"]);
    expect(second).toMatchObject({ status: 0, stderr: "" });
    expect(checkout.npmRuns()).toBe(1);
  });

  it("repairs an install that failed half way", async () => {
    expect((await checkout.run(["start"], { FAKE_NPM: "integrity" })).status).toBe(17);
    const second = await checkout.run(["start"]);
    expect(second.status).toBe(0);
    expect(second.stderr).toContain("(an earlier install did not finish; takes a minute)");
  });

  it("repairs an install that was killed, lock and all", async () => {
    const { child, ended } = checkout.start(["start"], { FAKE_NPM: "hang" });
    const npm = Number(
      await until(() => checkout.has("npm-hangs") && checkout.read("npm-hangs"), "npm to be half way"),
    );
    child.kill("SIGKILL");
    process.kill(npm, "SIGKILL");
    await ended;
    expect(checkout.has(".hedgelock/install.lock")).toBe(true);

    const second = await checkout.run(["start"]);
    expect(second.status).toBe(0);
    expect(checkout.has(".hedgelock/install.lock")).toBe(false);
    expect((await checkout.run(["start"])).stderr).toBe("");
  });

  it("leaves neither lock nor npm behind on Ctrl-C, and ends as one expects", async () => {
    const { child, ended } = checkout.start(["start"], { FAKE_NPM: "hang" });
    const npm = Number(
      await until(() => checkout.has("npm-hangs") && checkout.read("npm-hangs"), "npm to be half way"),
    );
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ status: 130, stdout: "" });
    expect(isRunning(npm)).toBe(false);
    expect(checkout.has(".hedgelock/install.lock")).toBe(false);
    expect((await checkout.run(["start"])).status).toBe(0);
  });

  it("installs once when two launchers start at once", async () => {
    const results = await Promise.all([
      checkout.run(["start"], { FAKE_NPM: "slow" }),
      checkout.run(["start"], { FAKE_NPM: "slow" }),
      checkout.run(["start"], { FAKE_NPM: "slow" }),
    ]);
    expect(results.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(checkout.npmRuns()).toBe(1);
  });

  it("waits for another launcher that installs, and says so once", async () => {
    checkout.write(".hedgelock/install.lock", JSON.stringify({ pid: process.pid, host: hostname() }));
    const { output, ended } = checkout.start(["start"]);
    await until(() => output.stderr.includes("\n"), "the launcher to say that it waits");
    expect(checkout.npmRuns()).toBe(0);
    rmSync(join(checkout.root, ".hedgelock/install.lock"));
    const { status, stderr } = await ended;
    expect(status).toBe(0);
    expect(stderr.split("\n")[0]).toBe(
      `hedgelock: waiting for another launcher (process ${process.pid}) to finish installing`,
    );
    expect(stderr.match(/waiting/g)).toHaveLength(1);
  });

  it("takes over the lock of a process that is gone", async () => {
    const { child, ended } = checkout.start(["--version"]);
    await ended;
    checkout.write(".hedgelock/install.lock", JSON.stringify({ pid: child.pid, host: hostname() }));
    expect((await checkout.run(["start"])).status).toBe(0);
  });

  it.runIf(process.platform === "linux")(
    "takes over a lock whose process number was given to another process",
    async () => {
      checkout.write(".hedgelock/install.lock", JSON.stringify({ pid: process.pid, host: hostname(), start: "1" }));
      expect((await checkout.run(["start"])).status).toBe(0);
    },
  );

  it("takes over a lock that was cut off while it was written", async () => {
    checkout.write(".hedgelock/install.lock", `{"pi`);
    expect((await checkout.run(["start"])).status).toBe(0);
  });

  it.each([
    ["enospc", 15, "DISK_FULL", /^hedgelock: The disk is full: /m],
    ["network", 14, "NO_NETWORK", /^hedgelock: No network: /m],
    ["certificate", 14, "NO_NETWORK", /certificate is not trusted.*NODE_EXTRA_CA_CERTS/],
    ["permission", 16, "PERMISSION_DENIED", /^hedgelock: Not allowed to write the packages/m],
    ["integrity", 17, "INSTALL_FAILED", /^hedgelock: Installing the packages failed: npm ended with status 1\./m],
  ])("says in a sentence with a stable code what %s means", async (mode, status, code, sentence) => {
    const result = await checkout.run(["start"], { FAKE_NPM: mode });
    expect(result).toMatchObject({ status, stdout: "" });
    expect(result.stderr).toMatch(sentence);
    expect(result.stderr).toContain(`[${code}]`);
    expect(checkout.has(".hedgelock/install.lock")).toBe(false);
  });

  it("says that npm is missing", async () => {
    rmSync(join(checkout.bin, "npm"));
    const result = await checkout.run(["start"]);
    expect(result.status).toBe(12);
    expect(result.stderr).toMatch(/npm is not installed or not on PATH.*\[NPM_MISSING\]/);
  });

  it("says that the lock file is missing", async () => {
    rmSync(join(checkout.root, "package-lock.json"));
    const result = await checkout.run(["start"]);
    expect(result.status).toBe(13);
    expect(result.stderr).toContain("[LOCK_FILE_MISSING]");
  });

  it("uses the npm that started it, and no other package manager", () => {
    expect(npmCommand({ npm_execpath: "/n/npm-cli.js" }, "/node")).toEqual({ file: "/node", args: ["/n/npm-cli.js"] });
    expect(npmCommand({ npm_execpath: "/n/yarn.js" }, "/node")).toEqual({ file: "npm", args: [] });
    expect(npmCommand({}, "/node")).toEqual({ file: "npm", args: [] });
  });
});
