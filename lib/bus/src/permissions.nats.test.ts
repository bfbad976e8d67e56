import { startNatsServer, type NatsServer } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { BUS_ERROR } from "./bus-error.ts";
import { provision } from "./provision.ts";
import { bytes, countingMetrics, draft, realDeps, text } from "./testing/messages.ts";
import { busOn } from "./testing/nats-harness.ts";
import { record } from "./testing/recorder.ts";

/** Least privilege of a service that reads RISK and EXEC, writes the ledger and holds leases: what a hedger needs. */
const HEDGER = {
  publish: [
    "hedge.*.*",
    "dlq.*",
    "hb.hedger.*",
    "$KV.LEASE.>",
    "$JS.API.STREAM.INFO.HEDGE",
    "$JS.API.STREAM.MSG.GET.HEDGE",
    "$JS.API.STREAM.INFO.KV_LEASE",
    "$JS.API.STREAM.MSG.GET.KV_LEASE",
    ...["RISK", "EXEC"].flatMap((stream) => [
      `$JS.API.STREAM.INFO.${stream}`,
      `$JS.API.STREAM.MSG.GET.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}.>`,
      `$JS.API.CONSUMER.DELETE.${stream}.>`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.>`,
    ]),
  ],
  subscribe: ["_IB.hedger.>"],
};

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer({
    config: `authorization { users: [
      { user: "admin", password: "a" },
      { user: "hedger", password: "h", permissions: ${JSON.stringify(HEDGER)} }
    ] }`,
  });
  await provision({ ...realDeps(), servers: server.servers, name: "provision", user: "admin", password: "a" });
});
afterAll(async () => {
  await server.stop();
});

describe("a user with few permissions", () => {
  it("does its own work", async () => {
    await using admin = await busOn(server, "admin", { user: "admin", password: "a" });
    await using hedger = await busOn(server, "hedger", { user: "hedger", password: "h" });
    expect((await hedger.provisioned()).partitions).toBe(16);
    const got = await record(hedger, "RISK", "risk.0.*", { from: "last_per_subject" });
    await got.consumption.caughtUp;
    await admin.publish(draft("risk.0.a", "decision"));
    await until("it reads RISK", () => got.bodies.length === 1);
    const first = await hedger.append({ ...draft("hedge.0.a", "intent"), expectedLastSeq: 0 });
    expect(first.outcome).toBe("appended");
    expect(text((await hedger.lastOf("HEDGE", "hedge.0.a"))?.payload ?? bytes(""))).toBe("intent");
    expect(await hedger.lastPerSubject("HEDGE", "hedge.0.*")).toHaveLength(1);
    const lease = await hedger.keyValue("LEASE");
    const revision = await lease.create("p.0", bytes("me"), 10_000);
    expect(await lease.delete("p.0", revision)).toBe(true);
    hedger.announce("hb.hedger.0", bytes("alive"));
    await got.consumption.stop();
  });

  it("is told at once and clearly what it may not write", async () => {
    const metrics = countingMetrics();
    await using hedger = await busOn(server, "hedger", { user: "hedger", password: "h", metrics });
    const denied = { code: BUS_ERROR.PERMISSION, message: expect.stringContaining('"risk.0.a"') };
    await expect(hedger.publish(draft("risk.0.a", "forged"))).rejects.toMatchObject(denied);
    await expect(hedger.append({ ...draft("risk.0.a", "forged"), expectedLastSeq: 0 })).rejects.toMatchObject(denied);
    const config = await hedger.keyValue("CONFIG");
    await expect(config.put("policy", bytes("mine"))).rejects.toMatchObject({ code: BUS_ERROR.PERMISSION });
    await expect(config.get("policy")).rejects.toMatchObject({ code: BUS_ERROR.PERMISSION });
    expect(metrics.total("hedgelock_bus_denied_total")).toBeGreaterThanOrEqual(4);
    expect((await hedger.append({ ...draft("hedge.0.b", "own"), expectedLastSeq: 0 })).outcome).toBe("appended");
  });

  it("is told at once and clearly what it may not read", async () => {
    await using hedger = await busOn(server, "hedger", { user: "hedger", password: "h" });
    const denied = { code: BUS_ERROR.PERMISSION };
    await expect(hedger.lastOf("ACCT", "acct.0.a.wallet")).rejects.toMatchObject(denied);
    await expect(hedger.lastPerSubject("MD", "md.>")).rejects.toMatchObject(denied);
    await expect(record(hedger, "MD", "md.>", { from: "all" })).rejects.toMatchObject(denied);
    await expect(hedger.request("admin.halt", bytes(""), 2_000)).rejects.toMatchObject(denied);
    // A forbidden subscription ends by itself; the connection and everything else on it live on.
    hedger.listen("risk.>", () => undefined);
    expect(await hedger.ping()).toBeGreaterThan(0);
    expect(hedger.state).toBe("connected");
  });

  it("cannot delete from the ledger, and neither can the administrator", async () => {
    const { connect } = await import("@nats-io/transport-node");
    const { jetstreamManager } = await import("@nats-io/jetstream");
    const nc = await connect({ servers: server.url, user: "admin", pass: "a" });
    const jsm = await jetstreamManager(nc);
    await expect(jsm.streams.deleteMessage("HEDGE", 1)).rejects.toThrow("delete not permitted");
    await expect(jsm.streams.purge("HEDGE")).rejects.toThrow("purge not permitted");
    await nc.close();
  });
});
