import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { SPAN } from "../registry/spans.ts";
import { TRACE_ID, aSpan } from "../testing/spans.ts";
import { createOtlpSink } from "./otlp-sink.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Posted {
  readonly path: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** A back end that answers with this status; undefined: never. */
async function backEnd(status: number | undefined): Promise<{ readonly url: string; readonly posted: Posted[] }> {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      posted.push({ path: request.url, contentType: request.headers["content-type"], body: Buffer.concat(chunks) });
      if (status !== undefined) response.writeHead(status, { "content-type": "application/x-protobuf" }).end();
    });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port }: AddressInfo = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, posted };
}

function sinkFor(otlpUrl: string) {
  return createOtlpSink({ otlpUrl, instance: "risk-1", timeoutMs: 700 });
}

describe("OTLP export", () => {
  it("posts protobuf with exactly the ids, names, times and the service that were given", async () => {
    const { url, posted } = await backEnd(200);
    const child = aSpan(2, {
      name: SPAN.PUBLISH_TICK,
      parentSpanId: "00000000000000aa",
      links: [{ traceId: "c".repeat(32), spanId: "d".repeat(16) }],
      error: "it failed",
    });
    expect(await sinkFor(url).export([aSpan(1), child])).toEqual({ kind: "stored" });
    const [post] = posted;
    expect(post).toMatchObject({ path: "/v1/traces", contentType: "application/x-protobuf" });
    const body = post?.body ?? Buffer.alloc(0);
    const nanoseconds = (us: number): Buffer => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(us) * 1000n);
      return bytes;
    };
    for (const hex of [TRACE_ID, "0000000000000001", "0000000000000002", "00000000000000aa", "c".repeat(32)])
      expect(body.includes(Buffer.from(hex, "hex")), hex).toBe(true);
    for (const text of [SPAN.RECEIVE_TICK, SPAN.PUBLISH_TICK, "collector", "risk-1", "hedgelock.symbol", "it failed"])
      expect(body.includes(text), text).toBe(true);
    expect(body.includes(nanoseconds(child.startUs))).toBe(true);
    expect(body.includes(nanoseconds(child.endUs))).toBe(true);
  });

  it.each([
    ["one that refuses the data", 400, false],
    ["one that is overloaded", 429, true],
    ["one that is down behind a proxy", 503, true],
    ["one that fails", 500, true],
    ["one that never answers", undefined, true],
  ])("from %s it comes back within its deadline", async (_what, status, retry) => {
    const { url } = await backEnd(status);
    const outcome = await sinkFor(url).export([aSpan()]);
    expect(outcome).toMatchObject({ kind: "failed", retry });
    expect(outcome.kind === "failed" ? outcome.reason : "").toContain(url);
  });

  it("from an address where nobody listens, too", async () => {
    const { url } = await backEnd(200);
    for (const server of servers.splice(0)) {
      server.close();
      await once(server, "close");
    }
    expect(await sinkFor(url).export([aSpan()])).toMatchObject({ kind: "failed", retry: true });
  });
});
