import { freePort } from "@hedgelock/test/support/free-port.ts";
import { startNatsServer } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { describe, expect, it } from "vitest";

import { BUS_ERROR } from "./bus-error.ts";
import { connectBus } from "./connect-bus.ts";
import type { BusState } from "./port.ts";
import { provision } from "./provision.ts";
import { realDeps } from "./testing/messages.ts";
import { busOn, provisionOn } from "./testing/nats-harness.ts";

describe("connecting", () => {
  it("says within the deadline which servers it tried and what to do, without the password", async () => {
    const port = await freePort();
    const attempt = connectBus({
      ...realDeps(),
      servers: [`nats://user:hunter2@127.0.0.1:${port}`, "nats://127.0.0.1:1"],
      name: "svc",
      user: "user",
      password: "hunter2",
      connectDeadlineMs: 700,
    });
    const error: unknown = await attempt.catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: BUS_ERROR.UNREACHABLE, retry: "backoff" });
    expect(String(error)).toContain(`nats://127.0.0.1:${port}, nats://127.0.0.1:1`);
    expect(String(error)).toContain("start nats-server");
    expect(String(error)).not.toContain("hunter2");
  });

  it("gives up on a server that accepts but never speaks", async () => {
    await using server = await startNatsServer();
    await server.pause();
    await expect(
      connectBus({ ...realDeps(), servers: server.servers, name: "svc", connectDeadlineMs: 500 }),
    ).rejects.toMatchObject({ code: BUS_ERROR.UNREACHABLE });
    server.resume();
  });

  it("waits for a server that starts later", async () => {
    await using server = await startNatsServer();
    await server.kill();
    const connecting = busOn(server, "early");
    await server.restart();
    await using bus = await connecting;
    expect(bus.state).toBe("connected");
  });

  it("names bad credentials, and refuses a name that could widen its inbox", async () => {
    await using server = await startNatsServer({
      config: 'authorization { users: [{ user: "risk", password: "right" }] }',
    });
    await expect(busOn(server, "svc", { user: "risk", password: "wrong-secret" })).rejects.toMatchObject({
      code: BUS_ERROR.UNAUTHORIZED,
      message: expect.not.stringContaining("wrong-secret"),
    });
    await expect(busOn(server, "svc")).rejects.toMatchObject({ code: BUS_ERROR.UNAUTHORIZED });
    await expect(busOn(server, "a.>", { user: "risk", password: "right" })).rejects.toThrow("service name");
    await using bus = await busOn(server, "svc", { user: "risk", password: "right" });
    expect(await bus.ping()).toBeGreaterThan(0);
  });

  it("refuses to start unprovisioned, or with other partitions than provisioned", async () => {
    await using server = await startNatsServer();
    const asking = (partitionsExpected: number): ReturnType<typeof connectBus> =>
      connectBus({ ...realDeps(), servers: server.servers, name: "svc", partitionsExpected });
    await expect(asking(16)).rejects.toMatchObject({ code: BUS_ERROR.NOT_PROVISIONED });
    await provisionOn(server, 1);
    await expect(asking(8)).rejects.toMatchObject({ code: BUS_ERROR.PARTITIONS_DIFFER });
    await using bus = await asking(16);
    expect((await bus.provisioned()).partitions).toBe(16);
  });

  it("says that JetStream is missing", async () => {
    await using server = await startNatsServer({ jetStream: false });
    await expect(
      provision({ ...realDeps(), servers: server.servers, name: "provision" }, { partitions: 16 }),
    ).rejects.toMatchObject({ code: BUS_ERROR.NO_JETSTREAM, message: expect.stringContaining("store_dir") });
  });

  it("tells its state through an outage", async () => {
    await using server = await startNatsServer();
    await using bus = await busOn(server, "states");
    const states: BusState[] = [];
    const end = bus.watchState((state) => {
      states.push(state);
      throw new Error("a failing watcher hurts nobody");
    });
    await server.kill();
    await until("it is disconnected", () => bus.state === "disconnected");
    await server.restart();
    await until("it is connected", () => bus.state === "connected");
    expect(states).toEqual(["disconnected", "connected"]);
    end();
    await server.kill();
    await until("it is disconnected again", () => bus.state === "disconnected");
    expect(states).toHaveLength(2);
  });
});
