import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seededRandom, systemClock, systemTimers } from "@hedgelock/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { CliDeps } from "../cli/command.ts";
import { dispatch } from "../cli/dispatch.ts";
import { LINK_ID, TRACE_ID, aTrace } from "./testing/spans.ts";
import { traceCommand } from "./trace-command.ts";

let folder = "";
let server: Server | undefined;
let url = "";

/** The spans as Jaeger's stable API gives them. */
function otlpJson(): unknown {
  const value = (plain: unknown): object =>
    typeof plain === "string"
      ? { stringValue: plain }
      : typeof plain === "boolean"
        ? { boolValue: plain }
        : { intValue: String(plain) };
  const resourceSpans = aTrace().map(({ service, startUs, endUs, attributes, kind: _kind, ...span }) => ({
    resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: [
          {
            ...span,
            kind: 1,
            startTimeUnixNano: `${startUs}000`,
            endTimeUnixNano: `${endUs}000`,
            attributes: Object.entries(attributes).map(([key, plain]) => ({ key, value: value(plain) })),
            status: {},
          },
        ],
      },
    ],
  }));
  return { result: { resourceSpans } };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-traces-"));
  const lines = aTrace().map((span) => JSON.stringify(span));
  await writeFile(join(folder, "1-hedger-h-0000.trace.jsonl"), `${lines.join("\n")}\n{"cut off`);
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://x");
    const search = path.searchParams.get("tags") ?? "";
    const answers: Readonly<Record<string, unknown>> = {
      [`/api/v3/traces/${TRACE_ID}`]: otlpJson(),
      "/api/traces": { data: search.includes(LINK_ID) || search.includes("alice") ? [{ traceID: TRACE_ID }] : [] },
    };
    const answer = answers[path.pathname];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  url = `http://127.0.0.1:${address.port}/`;
});
afterAll(async () => {
  server?.close();
  await rm(folder, { recursive: true });
});

async function run(
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const deps: CliDeps = {
    clock: systemClock,
    timers: systemTimers,
    random: seededRandom(1),
    environment: {},
    workingFolder: folder,
    out: {
      isTerminal: false,
      colour: false,
      size: () => ({ columns: 100, rows: 24 }),
      write: (text) => void (out += text),
      onResize: () => () => undefined,
      onExit: () => () => undefined,
    },
    complain: (line) => void (err += `${line}\n`),
    requests: { stop: new AbortController().signal, hurry: new AbortController().signal },
  };
  return { status: await dispatch(["trace", ...args], [traceCommand], deps), out, err };
}

describe.each([
  ["files", () => ["--traces", "."]],
  ["Jaeger", () => ["--jaeger", url]],
])("hedgelock trace, from %s", (_name, options) => {
  it("shows the same trace for a trace id, an order link id and an account", async () => {
    const byTrace = await run(TRACE_ID, ...options());
    expect(byTrace).toMatchObject({ status: 0, err: "" });
    expect(byTrace.out).toContain(`trace ${TRACE_ID}\n2026-08-01T16:00:00.000Z, 30010.000 ms, 12 spans\n`);
    expect(byTrace.out).toContain("fill: 0.25 at 60000");
    expect(await run(LINK_ID, ...options())).toEqual(byTrace);
    const byAccount = await run("alice", ...options());
    expect(byAccount.out.endsWith(byTrace.out)).toBe(true);
    expect(byAccount.out).toContain("1 hedge of alice, newest first:");
    expect(byAccount.out).toContain(`${LINK_ID}  Sell 0.25 of 0.25 BTCUSDT  VERIFIED  30008.0 ms  trace=${TRACE_ID}`);
  });

  it.each([["f".repeat(32)], ["hl-00000000000000-1"], ["bob"]])("says that there is no trace of %s", async (word) => {
    const { status, err } = await run(word, ...options());
    expect(status).toBe(1);
    expect(err).toContain(`there is no trace of '${word}' in `);
  });
});

describe("bad input", () => {
  it.each([
    [[], "name what to show first", 2],
    [["--traces", "x"], "name what to show first", 2],
    [["alice", "--traces", "nowhere"], "cannot read traces below", 2],
    [["alice", "--traces", "a", "--jaeger", "http://x"], "name either --traces or --jaeger", 2],
    [["alice", "--jaeger", "localhost"], "--jaeger must be an address", 2],
    [["alice", "--jaeger", "http://127.0.0.1:1"], "Jaeger at http://127.0.0.1:1 did not answer", 3],
    [["alice", "bob"], "unexpected argument", 2],
  ])("%j is refused", async (args, message, status) => {
    const outcome = await run(...args);
    expect(outcome.err.toLowerCase()).toContain(message.toLowerCase());
    expect(outcome.status).toBe(status);
  });
});
