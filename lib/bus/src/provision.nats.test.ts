import { BUCKETS, STREAMS } from "@hedgelock/contracts";
import { startNatsServer, type NatsServer } from "@hedgelock/test/support/nats-server.ts";
import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { describe, expect, it } from "vitest";

import { BUS_ERROR } from "./bus-error.ts";
import { provision, type ProvisionPlan, type ProvisionReport } from "./provision.ts";
import { bytes, draft, realDeps } from "./testing/messages.ts";
import { busOn } from "./testing/nats-harness.ts";

const ALL = [...STREAMS.map(({ name }) => name), ...BUCKETS.map(({ name }) => `KV_${name}`)];

function run(server: NatsServer, plan: ProvisionPlan = {}): Promise<ProvisionReport> {
  return provision({ ...realDeps(), servers: server.servers, name: "provision" }, plan);
}

async function withAdmin<T>(server: NatsServer, work: (jsm: JetStreamManager) => Promise<T>): Promise<T> {
  const nc = await connect({ servers: server.url });
  try {
    return await work(await jetstreamManager(nc));
  } finally {
    await nc.close();
  }
}

describe("provision", () => {
  it("creates everything once; again changes nothing and keeps the ledger id", async () => {
    await using server = await startNatsServer();
    const first = await run(server, { partitions: 32 });
    expect(first).toMatchObject({ partitions: 32, created: ALL, updated: [], unchanged: [] });
    expect(first.ledgerId).toMatch(/^[0-9a-f]{16}$/);
    const again = await run(server, { partitions: 32 });
    expect(again).toEqual({ ...first, created: [], unchanged: ALL });
    await server.restart();
    const restarted = await run(server, { partitions: 32 });
    // Nothing is kept in memory on a single server: a restart loses no stream.
    expect(restarted).toEqual({ ...first, created: [], unchanged: ALL });
  });

  it("agrees with itself when several run at once", async () => {
    await using server = await startNatsServer();
    const reports = await Promise.all([run(server), run(server), run(server)]);
    expect(new Set(reports.map(({ ledgerId }) => ledgerId)).size).toBe(1);
    expect(new Set(reports.flatMap(({ created }) => created))).toEqual(new Set(ALL));
    expect((await run(server)).unchanged).toEqual(ALL);
  });

  it("refuses another number of partitions", async () => {
    await using server = await startNatsServer();
    await run(server, { partitions: 16 });
    await expect(run(server, { partitions: 8 })).rejects.toMatchObject({
      code: BUS_ERROR.PARTITIONS_DIFFER,
      message: expect.stringContaining("16"),
    });
    await expect(run(server, { partitions: 0 })).rejects.toMatchObject({ code: BUS_ERROR.PARTITIONS_DIFFER });
  });

  it("refuses what does not fit, field by field, and changes nothing", async () => {
    await using server = await startNatsServer();
    await withAdmin(server, async (jsm) => {
      await jsm.streams.add({ name: "RISK", subjects: ["risk.>"], storage: "memory", max_age: 0 });
      await jsm.streams.add({ name: "KV_LEASE", subjects: ["$KV.LEASE.>"], max_msgs_per_subject: 5 });
    });
    const error: unknown = await run(server).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: BUS_ERROR.STREAM_INCOMPATIBLE });
    for (const part of [
      "RISK.subjects: is risk.>, wanted risk.*.*",
      "RISK.storage: is memory, wanted file",
      "KV_LEASE.discard: is old, wanted new",
      "nothing was changed",
    ]) {
      expect(String(error)).toContain(part);
    }
    const names = await withAdmin(server, async (jsm) => {
      const found: string[] = [];
      for await (const name of jsm.streams.names()) found.push(name);
      return found.toSorted();
    });
    expect(names).toEqual(["KV_LEASE", "RISK"]);
  });

  it("brings harmless differences up to date and refuses to shrink", async () => {
    await using server = await startNatsServer();
    const { ledgerId } = await run(server);
    await using bus = await busOn(server, "svc");
    await bus.append({ ...draft("hedge.0.a", "1"), expectedLastSeq: 0 });
    const larger = await run(server, { maxBytes: { HEDGE: 3 * 1024 ** 3, EXEC: 1024 ** 3 } });
    expect(larger).toMatchObject({ ledgerId, updated: ["EXEC", "HEDGE"], created: [] });
    await withAdmin(server, async (jsm) => {
      const { config } = await jsm.streams.info("HEDGE");
      expect(config).toMatchObject({ max_bytes: 3 * 1024 ** 3, deny_delete: true, deny_purge: true, discard: "new" });
      await jsm.streams.update("ACCT", { description: "changed by hand", duplicate_window: 1e9 });
    });
    const error: unknown = await run(server).catch((failure: unknown) => failure);
    expect(String(error)).toContain("HEDGE.max_bytes");
    expect(String(error)).toContain("a smaller bound could drop");
    expect(String(error)).not.toContain("EXEC.max_bytes");
    const repaired = await run(server, { maxBytes: { HEDGE: 3 * 1024 ** 3, EXEC: 1024 ** 3 } });
    expect(repaired.updated).toEqual(["ACCT"]);
  });

  it("says that storage is too small, and how much is needed", async () => {
    await using server = await startNatsServer({ maxFile: "1GB" });
    await expect(run(server)).rejects.toMatchObject({
      code: BUS_ERROR.STORAGE_TOO_SMALL,
      message: expect.stringContaining("MiB"),
    });
    await run(server, {
      maxBytes: { ACCT: 2 ** 26, EXEC: 2 ** 26, RISK: 2 ** 26, HEDGE: 2 ** 26, DLQ: 2 ** 26 },
    });
    await using small = await startNatsServer({ maxFile: "10MB" });
    await expect(run(small)).rejects.toMatchObject({ code: BUS_ERROR.STORAGE_TOO_SMALL });
  });

  it("says that one server cannot hold three replicas", async () => {
    await using server = await startNatsServer();
    await expect(run(server, { replicas: 3 })).rejects.toMatchObject({ code: BUS_ERROR.REPLICAS_IMPOSSIBLE });
  });

  it("makes a ledger that refuses when full instead of forgetting", async () => {
    await using server = await startNatsServer();
    await run(server, { maxBytes: { HEDGE: 2_000 } });
    await using bus = await busOn(server, "svc", { limits: { appendDeadlineMs: 1_000 } });
    let last = 0;
    for (let version = 1; version <= 10; version += 1) {
      const message = {
        ...draft("hedge.0.a", String(version)),
        payload: bytes("x".repeat(500)),
        expectedLastSeq: last,
      };
      const outcome = await bus.append(message);
      if (outcome.outcome === "appended") last = outcome.seq;
      else expect(outcome).toMatchObject({ outcome: "unknown", reason: expect.stringContaining("maximum bytes") });
    }
    expect(last).toBeGreaterThan(0);
    expect(last).toBeLessThan(10);
    expect((await bus.lastOf("HEDGE", "hedge.0.a"))?.seq).toBe(last);
  });
});
