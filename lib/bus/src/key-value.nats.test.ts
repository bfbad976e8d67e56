import { startNatsServer, type NatsServer } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { bytes, text } from "./testing/messages.ts";
import { busOn, provisionOn } from "./testing/nats-harness.ts";

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
  await provisionOn(server, 1);
});
afterAll(async () => {
  await server.stop();
});

describe("leases on NATS", () => {
  it("expire by themselves unless renewed, and can then be claimed", async () => {
    await using bus = await busOn(server, "leases");
    const lease = await bus.keyValue("LEASE");
    const held = (await lease.create("p.1", bytes("a"), 1_000)) ?? 0;
    const renewed = await lease.update("p.1", bytes("a"), held, 60_000);
    await lease.create("p.2", bytes("b"), 1_000);
    expect(await lease.create("p.2", bytes("thief"), 1_000)).toBeUndefined();
    await until("p.2 expired", async () => (await lease.get("p.2")) === undefined);
    expect((await lease.get("p.1"))?.revision).toBe(renewed);
    expect(await lease.keys()).toEqual(["p.1"]);
    expect(await lease.create("p.2", bytes("c"), 60_000)).toBeGreaterThan(0);
    expect(text((await lease.get("p.2"))?.value ?? bytes(""))).toBe("c");
  });

  it("leave nothing behind but a marker that goes by itself when released", async () => {
    await using bus = await busOn(server, "releases");
    const lease = await bus.keyValue("LEASE");
    const revision = await lease.create("p.3", bytes("a"), 60_000);
    await lease.delete("p.3", revision);
    const nc = await connect({ servers: server.url });
    const marker = await (await jetstreamManager(nc)).streams.getMessage("KV_LEASE", { last_by_subj: "$KV.LEASE.p.3" });
    expect(marker?.header.get("KV-Operation")).toBe("PURGE");
    expect(marker?.header.get("Nats-TTL")).toBe("60s");
    await nc.close();
  });

  it("are what other NATS clients see as a bucket", async () => {
    await using bus = await busOn(server, "interop");
    const config = await bus.keyValue("CONFIG");
    const nc = await connect({ servers: server.url });
    const theirs = await new Kvm(jetstream(nc)).open("CONFIG");
    await config.put("policy.default", bytes("ours"));
    expect((await theirs.get("policy.default"))?.string()).toBe("ours");
    await theirs.put("policy.default", "theirs");
    expect(text((await config.get("policy.default"))?.value ?? bytes(""))).toBe("theirs");
    await theirs.delete("policy.default");
    expect(await config.get("policy.default")).toBeUndefined();
    await config.create("policy.default", bytes("again"));
    await config.delete("policy.default");
    expect((await theirs.get("policy.default"))?.operation).toBe("DEL");
    await nc.close();
  });
});
