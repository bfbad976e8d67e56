import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { hedgelock } from "./support/hedgelock.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-e2e-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const HEADER = "open_time_ms,open,high,low,close,volume\n";

/** Runs to the end in a temporary folder of its own, so that what is left there can be seen. */
async function outcome(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const temporary = await mkdtemp(join(folder, "tmp-"));
  const run = hedgelock(args, { TMPDIR: temporary, ...environment });
  const status = await run.exited();
  return { status, error: run.errorText(), output: run.lines.join("\n"), left: await readdir(temporary) };
}

async function priceFile(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe("bad input", () => {
  it.each([
    [["start", "--prize", "x"], "unknown option '--prize'. See: hedgelock start --help"],
    [["start", "--accounts", "0"], "--accounts must be a whole number from 1 to 1000, not '0'"],
    [["start", "--prices", "oct-1987"], "there is no recorded crash called 'oct-1987'"],
    [["start", "--prices", "/no/such/file.csv"], "cannot read the price file /no/such/file.csv"],
    [["start", "--report", "/etc/hostname/report.json"], "--report: cannot write /etc/hostname/report.json"],
    [["start", "--from", "2031-01-01T00:00"], "there is no minute to replay"],
    [["stop"], "unknown command 'stop'"],
    [["provision"], "--servers is missing"],
  ])("refuses %j with exit status 2 before anything is started", async (args, message) => {
    const { status, error, left } = await outcome(args);
    expect(error).toContain(message);
    expect(status).toBe(2);
    expect(left).toEqual([]);
  });

  it.each([
    ["short.csv", `${HEADER}1759968000000,1,2,1,1,0\n1759968060000,1,2,1\n`, ":3: expected 6 columns, found 4"],
    ["word.csv", `${HEADER}1759968000000,1,2,1,abc,0\n`, ':2: close is not a number: "abc"'],
    ["gap.csv", `${HEADER}1759968000000,1,2,1,1,0\n1759968180000,1,2,1,1,0\n`, ":3: gap: expected 1759968060000"],
    ["head.csv", "time,price\n1,2\n", ":1: the header must be"],
    ["empty.csv", "", ":1: the file is empty"],
  ])("refuses the price file %s with line and reason", async (name, text, message) => {
    const path = await priceFile(name, text);
    const { status, error, left } = await outcome(["start", "--exit", "--prices", path]);
    expect(error).toContain(`${path}${message}`);
    expect(status).toBe(2);
    expect(left).toEqual([]);
  });

  it("says that nats-server is missing", async () => {
    const named = await outcome(["start", "--exit"], { NATS_SERVER: "/no/such/nats-server" });
    expect(named.error).toContain("NATS_SERVER names /no/such/nats-server, which is not a program that can be run");
    expect(named.status).toBe(3);
    const none = await outcome(["start", "--exit"], { NATS_SERVER: "", PATH: "/nowhere" });
    expect(none.error).toContain(
      "nats-server is not on PATH: run `npm start`, which fetches it, or name it in NATS_SERVER",
    );
  });

  it("shows what a part of the stack said when it cannot start", async () => {
    const broken = await priceFile("nats-server", "#!/bin/sh\necho 'nats-server: storage is read-only'\nexit 7\n");
    await chmod(broken, 0o755);
    const { status, error } = await outcome(["start", "--exit"], { NATS_SERVER: broken });
    expect(error).toContain("nats-server ended by itself (exit status 7): nats-server: storage is read-only");
    expect(status).toBe(3);
  });

  it("says that no NATS server answers, when provisioning", async () => {
    const { status, error } = await outcome(["provision", "--servers", "nats://127.0.0.1:1"]);
    expect(error).toContain("no NATS server reached");
    expect(status).toBe(1);
  });
});
