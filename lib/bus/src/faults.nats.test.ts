import { startNatsServer, type NatsServer } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { systemTimers } from "@hedgelock/runtime";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { BUS_ERROR } from "./bus-error.ts";
import type { Bus, StoredMessage } from "./port.ts";
import { bytes, collect, countingMetrics, draft, fresh, text, texts } from "./testing/messages.ts";
import { busOn, provisionOn } from "./testing/nats-harness.ts";
import { load, record, type Load, type Recorder } from "./testing/recorder.ts";

let server: NatsServer;
const open: Bus[] = [];

beforeAll(async () => {
  server = await startNatsServer();
  await provisionOn(server, 1);
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close(1_000)));
  await server.stop();
});

async function bus(options: Parameters<typeof busOn>[2] = {}): Promise<Bus> {
  const made = await busOn(server, fresh("svc"), options);
  open.push(made);
  return made;
}

async function deleteStream(name: string): Promise<void> {
  const admin = await connect({ servers: [...server.servers] });
  const jsm = await jetstreamManager(admin);
  await jsm.streams.delete(name);
  await admin.close();
}

/** Longer than any pause of the test machine: a publish must not fail because the machine is busy. */
const PATIENT = { limits: { publishDeadlineMs: 60_000 } };

/** How long the server hangs: shorter than what the pings allow, longer than the watchdog of a consumption. */
const HANG_MS = 5_000;

/** Everything acknowledged is stored once and was handed over once, in order. */
async function expectExactlyOnce(source: Bus, subject: string, sent: Load, got: Recorder): Promise<void> {
  const stored = texts(await collect(source.readAll("EXEC", subject)));
  await until("everything stored was handed over", () => got.bodies.length >= stored.length);
  expect(got.bodies).toEqual(stored);
  expect(new Set(stored).size).toBe(stored.length);
  expect(got.seqs).toEqual(got.seqs.toSorted((a, b) => a - b));
  const missing = [...sent.acknowledged].filter((body) => !stored.includes(body));
  expect(missing).toEqual([]);
}

describe("a server that goes away", () => {
  it("killed and restarted under load: nothing lost, nothing twice", async () => {
    const subject = `exec.0.${fresh("restart")}`;
    const [writer, reader] = [await bus(PATIENT), await bus()];
    const got = await record(reader, "EXEC", subject, { from: "all" });
    const sent = load(writer, subject);
    for (let round = 0; round < 3; round += 1) {
      const before = got.bodies.length;
      await until("messages flow", () => got.bodies.length > before + 200);
      await server.kill();
      await until("the bus noticed", () => writer.state === "disconnected" && reader.state === "disconnected");
      await server.restart();
    }
    const before = got.bodies.length;
    await until("messages flow again", () => got.bodies.length > before + 200);
    await sent.stop();
    expect(sent.failed).toEqual(new Set());
    await expectExactlyOnce(writer, subject, sent, got);
    await got.consumption.stop();
  });

  it("hung for 5 s under load: nothing lost, nothing twice", async () => {
    const subject = `exec.0.${fresh("hang")}`;
    const [writer, reader] = [await bus(PATIENT), await bus()];
    const got = await record(reader, "EXEC", subject, { from: "all" });
    const sent = load(writer, subject);
    await until("messages flow", () => got.bodies.length > 200);
    await server.pause();
    await systemTimers.sleep(HANG_MS);
    server.resume();
    const before = got.bodies.length;
    await until("messages flow again", () => got.bodies.length > before + 200);
    await sent.stop();
    expect(sent.failed).toEqual(new Set());
    await expectExactlyOnce(writer, subject, sent, got);
    await got.consumption.stop();
  });

  it("in-flight publishes are sent again under the same id", async () => {
    const subject = `exec.0.${fresh("inflight")}`;
    const metrics = countingMetrics();
    // Only the reconnect may send them again in time.
    const writer = await bus({ metrics, limits: { publishDeadlineMs: 60_000, ackTimeoutMs: 60_000 } });
    await server.pause();
    const publishes = Array.from({ length: 500 }, (_, index) => writer.publish(draft(subject, String(index))));
    // The hung server has accepted the bytes into its socket; killing it loses them.
    await systemTimers.sleep(200);
    await server.kill();
    await server.restart();
    const acks = await Promise.all(publishes);
    expect(new Set(acks.map(({ seq }) => seq)).size).toBe(500);
    expect(metrics.total("hedgelock_bus_publish_retries_total")).toBeGreaterThan(0);
    expect(texts(await collect(writer.readAll("EXEC", subject)))).toEqual(
      Array.from({ length: 500 }, (_, index) => String(index)),
    );
  });

  it("what waits for it is bounded in number, bytes and time", async () => {
    const subject = `exec.0.${fresh("bound")}`;
    const few = await bus({ limits: { maxInFlightMessages: 100, publishDeadlineMs: 700 } });
    const small = await bus({ limits: { maxInFlightBytes: 1_000, publishDeadlineMs: 700 } });
    await server.kill();
    await until("the bus noticed", () => few.state === "disconnected" && small.state === "disconnected");
    const waiting = Array.from({ length: 100 }, (_, index) => few.publish(draft(subject, String(index))));
    const outcomes = Promise.allSettled(waiting);
    await expect(few.publish(draft(subject, "one more"))).rejects.toMatchObject({ code: BUS_ERROR.OVERLOADED });
    const large = small.publish({ subject, payload: new Uint8Array(900), messageId: "large" });
    const alsoLarge = Promise.allSettled([large]);
    await expect(small.publish({ subject, payload: new Uint8Array(200), messageId: "too much" })).rejects.toMatchObject(
      { code: BUS_ERROR.OVERLOADED },
    );
    for (const outcome of [...(await outcomes), ...(await alsoLarge)]) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: BUS_ERROR.PUBLISH_TIMEOUT } });
    }
    expect(await few.append({ ...draft("hedge.0.down", "1"), expectedLastSeq: 0 })).toMatchObject({
      outcome: "unknown",
    });
    await expect(few.ping()).rejects.toMatchObject({ code: BUS_ERROR.DISCONNECTED });
    await expect(few.request("x", bytes(""), 100)).rejects.toMatchObject({ code: BUS_ERROR.DISCONNECTED });
    few.announce("hb.x.0", bytes("nobody hears"));
    await server.restart();
    await until("connected again", () => few.state === "connected" && small.state === "connected");
    expect((await few.publish(draft(subject, "afterwards"))).duplicate).toBe(false);
    expect((await small.publish(draft(subject, "afterwards too"))).duplicate).toBe(false);
  });

  it("an append whose answer does not come is unknown, and a leader read tells", async () => {
    const subject = `hedge.0.${fresh("lost")}`;
    const writer = await bus({ limits: { appendDeadlineMs: 500 } });
    await server.pause();
    const outcome = await writer.append({ ...draft(subject, "intent"), expectedLastSeq: 0 });
    server.resume();
    expect(outcome).toEqual({ outcome: "unknown", reason: "no answer" });
    await until("the hung server stored it", async () => (await writer.lastOf("HEDGE", subject)) !== undefined);
    expect(text((await writer.lastOf("HEDGE", subject))?.payload ?? bytes(""))).toBe("intent");
    expect(await writer.append({ ...draft(subject, "again"), expectedLastSeq: 0 })).toEqual({ outcome: "conflict" });
  });

  it("an append in flight when the connection breaks is unknown at once", async () => {
    const writer = await bus();
    await server.pause();
    const append = writer.append({ ...draft(`hedge.0.${fresh("broken")}`, "intent"), expectedLastSeq: 0 });
    await server.kill();
    expect(await append).toMatchObject({ outcome: "unknown", reason: expect.stringContaining("connection broke") });
    await server.restart();
  });

  it("closing while it is away ends within the budget and fails what is in flight", async () => {
    const closing = await busOn(server, "closing");
    await server.kill();
    const publish = Promise.allSettled([closing.publish(draft("exec.0.closing", "1"))]);
    await closing.close(300);
    expect((await publish)[0]).toMatchObject({ status: "rejected", reason: { code: BUS_ERROR.CLOSED } });
    await server.restart();
  });
});

describe("a consumption", () => {
  it("gets a new consumer when its own is deleted, and leaves no old one behind", async () => {
    const subject = `exec.1.${fresh("deleted")}`;
    const metrics = countingMetrics();
    const reader = await bus({ metrics });
    const got = await record(reader, "EXEC", subject, { from: "all" });
    await reader.publish(draft(subject, "before"));
    await until("it came", () => got.bodies.length === 1);
    const admin = await connect({ servers: server.url });
    const jsm = await jetstreamManager(admin);
    const mine = async (): Promise<readonly string[]> =>
      (await collect(jsm.consumers.list("EXEC")))
        .filter((info) => info.config.filter_subject === subject)
        .map((info) => info.name);
    const [first] = await mine();
    await jsm.consumers.delete("EXEC", first ?? "");
    await until("another consumer took over", async () => {
      const names = await mine();
      return names.length === 1 && names[0] !== first;
    });
    await reader.publish(draft(subject, "after"));
    await until("it goes on", () => got.bodies.length === 2);
    expect(got.bodies).toEqual(["before", "after"]);
    expect(metrics.total("hedgelock_bus_consumer_replacements_total")).toBe(1);
    expect(got.errors).toHaveLength(1);
    await got.consumption.stop();
    await until("it is gone after stop", async () => (await mine()).length === 0);
    await admin.close();
  });

  it("of a server that falls silent gets a new consumer and goes on", async () => {
    const subject = `exec.1.${fresh("silent")}`;
    const metrics = countingMetrics();
    const reader = await bus({ metrics });
    const got = await record(reader, "EXEC", subject, { from: "all" });
    await server.pause();
    await until("the watchdog acted", () => metrics.total("hedgelock_bus_consumer_replacements_total") > 0);
    expect(got.errors[0]?.message).toContain("silent");
    server.resume();
    await reader.publish(draft(subject, "still here"));
    await until("it came", () => got.bodies.length === 1);
    expect(got.bodies).toEqual(["still here"]);
    await got.consumption.stop();
  });

  it("reads a stream made anew from its start, and says so", async () => {
    const subject = `md.bybit.linear.${fresh("ANEW")}`;
    await provisionOn(server, 1);
    const reader = await bus();
    const got = await record(reader, "MD", subject, { from: "new" });
    for (const body of ["1", "2", "3"]) await reader.publish(draft(subject, body));
    await until("they came", () => got.bodies.length === 3);
    await deleteStream("MD");
    await until("the missing stream is told", () => got.errors.some((error) => error.message.includes("provision")));
    await provisionOn(server, 1);
    await reader.publish(draft(subject, "4"));
    await until("the new stream is read", () => got.bodies.length === 4);
    expect(got.bodies).toEqual(["1", "2", "3", "4"]);
    expect(got.errors.map((error) => Reflect.get(error, "code") as unknown)).toContain(BUS_ERROR.STREAM_RECREATED);
    await got.consumption.stop();
  });

  it("reads on through a restart of the server", async () => {
    const subject = `exec.1.${fresh("readall")}`;
    const reader = await bus();
    const count = 3_000;
    await Promise.all(Array.from({ length: count }, (_, index) => reader.publish(draft(subject, String(index)))));
    const seen: StoredMessage[] = [];
    for await (const message of reader.readAll("EXEC", subject)) {
      seen.push(message);
      if (seen.length === 700) await server.restart();
    }
    expect(texts(seen)).toEqual(Array.from({ length: count }, (_, index) => String(index)));
  });
});
