import type { NatsServer } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { BUS_ERROR } from "./bus-error.ts";
import type { NatsUser } from "./permissions.ts";
import { PoisonMessageError, type Bus, type Consumption } from "./port.ts";
import { bytes, collect, draft, text, texts } from "./testing/messages.ts";
import { record } from "./testing/recorder.ts";
import { clientOf, provisionAs, startServerWithUsers, type Client } from "./testing/users.ts";

let server: NatsServer;
const clients = new Map<NatsUser, Client>();

const client = (user: NatsUser): Client => {
  const found = clients.get(user);
  if (found === undefined) throw new Error(`${user} is not connected`);
  return found;
};
const busOf = (user: NatsUser): Bus => client(user).bus;

beforeAll(async () => {
  server = await startServerWithUsers();
  for (const user of ["collector", "risk", "hedger", "observer"] as const) {
    clients.set(user, await clientOf(server, user));
  }
});
afterAll(async () => {
  for (const { bus } of clients.values()) await bus.close(2_000);
  await server.stop();
});
// Whatever a user does below is its own work: nothing of it may be denied.
afterEach(async () => {
  for (const [user, { bus, denials }] of clients) {
    await bus.ping();
    if (denials.length > 0) throw new Error(`${user} was denied its own work: ${denials.join("; ")}`);
  }
});

/** Puts every message aside that says "poison". */
function refusing(bus: Bus, stream: "ACCT" | "EXEC", filters: readonly string[]): Promise<Consumption> {
  return bus.consume({
    stream,
    filters,
    start: { from: "all" },
    name: "refusing",
    onMessage: (message) => {
      if (text(message.payload) === "poison") throw new PoisonMessageError("not for me");
    },
  });
}

/** A checked append, a refused one, and the look at the last record that follows a refusal. */
async function appendsAndReloads(bus: Bus, stream: "RISK" | "HEDGE", subject: string): Promise<void> {
  expect(await bus.lastOf(stream, subject)).toBeUndefined();
  const first = await bus.append({ ...draft(subject, "first"), expectedLastSeq: 0 });
  expect(first.outcome).toBe("appended");
  expect((await bus.append({ ...draft(subject, "rival"), expectedLastSeq: 0 })).outcome).toBe("conflict");
  expect(text((await bus.lastOf(stream, subject))?.payload ?? bytes(""))).toBe("first");
  expect(texts(await bus.lastPerSubject(stream, subject))).toEqual(["first"]);
}

/** An announcement of one user that another one listens to. */
async function isHeard(from: NatsUser, subject: string, to: NatsUser, filter: string): Promise<void> {
  const heard: string[] = [];
  const end = busOf(to).listen(filter, (at) => heard.push(at));
  await busOf(to).ping();
  busOf(from).announce(subject, bytes("said"));
  await until(`${to} hears ${subject}`, () => heard.includes(subject));
  end();
}

describe("every user does its own work", () => {
  it("collector", async () => {
    const bus = busOf("collector");
    expect((await bus.provisioned()).partitions).toBe(16);
    for (const subject of ["md.bybit.linear.BTCUSDT", "acct.0.c.wallet", "exec.0.c"]) {
      expect((await bus.publish(draft(subject, "fact"))).duplicate).toBe(false);
      expect((await bus.publish(draft(subject, "fact"))).duplicate).toBe(true);
    }
    expect(text((await bus.lastOf("EXEC", "exec.0.c"))?.payload ?? bytes(""))).toBe("fact");
    expect(await bus.lastOf("EXEC", "exec.0.nobody")).toBeUndefined();
    await isHeard("risk", "trace.promote.md.bybit.linear.BTCUSDT", "collector", "trace.promote.>");
    await isHeard("hedger", "trace.promote.acct.0.c.wallet", "collector", "trace.promote.>");
  });

  it("risk", async () => {
    const bus = busOf("risk");
    expect((await bus.provisioned()).ledgerId).not.toBe("");
    for (const body of ["snapshot", "poison"]) await busOf("collector").publish(draft("acct.0.r.wallet", body));
    const ticks = await record(bus, "MD", "md.bybit.linear.R", { from: "last_per_subject" });
    const accounts = await refusing(bus, "ACCT", ["acct.0.r.wallet", "acct.0.r.loan"]);
    await Promise.all([ticks.consumption.caughtUp, accounts.caughtUp]);
    await busOf("collector").publish(draft("md.bybit.linear.R", "tick"));
    await until("it follows MD", () => ticks.bodies.length === 1);
    await until("it puts aside what it cannot handle", async () => {
      const letter = await busOf("observer").lastOf("DLQ", "dlq.ACCT");
      return text(letter?.payload ?? bytes("")) === "poison";
    });
    await appendsAndReloads(bus, "RISK", "risk.0.r");
    await isHeard("risk", "hb.risk.0", "observer", "hb.*.*");
    await isHeard("collector", "trace.promoted", "risk", "trace.promoted");
    await Promise.all([ticks.consumption.stop(), accounts.stop()]);
  });

  it("hedger", async () => {
    const bus = busOf("hedger");
    expect((await bus.provisioned()).partitions).toBe(16);
    await busOf("collector").publish(draft("exec.0.h", "poison"));
    await busOf("risk").publish(draft("risk.0.h", "decision"));
    await busOf("collector").publish(draft("acct.0.h.position", "flat"));
    const fills = await refusing(bus, "EXEC", ["exec.0.h", "exec.0.h2"]);
    const decisions = await record(bus, "RISK", "risk.0.h", { from: "last_per_subject" });
    const positions = await record(bus, "ACCT", "acct.0.h.position", { from: "last_per_subject" });
    const all = [fills, decisions.consumption, positions.consumption];
    await Promise.all(all.map((consumption) => consumption.caughtUp));
    expect([...decisions.bodies, ...positions.bodies]).toEqual(["decision", "flat"]);
    await until("it puts aside what it cannot handle", async () => {
      const letter = await busOf("observer").lastOf("DLQ", "dlq.EXEC");
      return text(letter?.payload ?? bytes("")) === "poison";
    });
    await appendsAndReloads(bus, "HEDGE", "hedge.0.h");
    await isHeard("collector", "trace.promoted", "hedger", "trace.promoted");
    await Promise.all(all.map((consumption) => consumption.stop()));
  });

  it("observer", async () => {
    const bus = busOf("observer");
    await busOf("hedger").publish(draft("hedge.0.o", "record"));
    await busOf("risk").publish(draft("risk.0.o", "decision"));
    expect(texts(await collect(bus.readAll("HEDGE", "hedge.0.o")))).toEqual(["record"]);
    expect(texts(await collect(bus.readAll("RISK", "risk.0.o")))).toEqual(["decision"]);
    for (const stream of ["MD", "ACCT", "EXEC", "RISK", "HEDGE", "DLQ"] as const) {
      const { consumption } = await record(bus, stream, ">", { from: "all" });
      await consumption.caughtUp;
      await consumption.stop();
      expect(Array.isArray(await bus.lastPerSubject(stream, ">"))).toBe(true);
    }
    for (const name of ["CONFIG", "CONTROL", "LEASE"] as const) {
      const bucket = await bus.keyValue(name);
      expect(await bucket.keys()).toEqual([]);
      expect(await bucket.get("nothing")).toBeUndefined();
    }
  });

  it("provision", async () => {
    expect((await provisionAs(server, "provision")).unchanged).toHaveLength(9);
    const larger = await provisionAs(server, "provision", { maxBytes: { DLQ: 300 * 1024 * 1024 } });
    expect(larger.updated).toEqual(["DLQ"]);
    await expect(provisionAs(server, "hedger")).rejects.toMatchObject({
      code: BUS_ERROR.PERMISSION,
      message: expect.stringContaining("$JS.API.STREAM.INFO."),
    });
  });
});

describe("consumptions under few permissions", () => {
  it("replace their consumers when the server was silent, and when it was gone", async () => {
    const followers = [
      ["risk", "MD", "md.bybit.linear.HEAL", "collector"],
      ["hedger", "EXEC", "exec.0.heal", "collector"],
      ["observer", "HEDGE", "hedge.0.heal", "hedger"],
    ] as const;
    const recorders = await Promise.all(
      followers.map(([user, stream, subject]) => record(busOf(user), stream, subject, { from: "all" })),
    );
    const replaced = (user: NatsUser): number =>
      client(user).metrics.total("hedgelock_bus_consumer_replacements_total");
    const next = async (body: string): Promise<void> => {
      for (const [, , subject, writer] of followers) await busOf(writer).publish(draft(subject, body));
      await until(`everybody reads ${body}`, () => recorders.every(({ bodies }) => bodies.includes(body)));
    };
    await next("before");
    await server.pause();
    await until("the silence is noticed", () => followers.every(([user]) => replaced(user) >= 1));
    server.resume();
    await next("after the silence");
    await server.restart();
    for (const [user] of followers) await until(`${user} is back`, () => busOf(user).state === "connected");
    await until("the collector is back", () => busOf("collector").state === "connected");
    await next("after the restart");
    for (const { bodies } of recorders) expect(bodies).toEqual(["before", "after the silence", "after the restart"]);
    await Promise.all(recorders.map(({ consumption }) => consumption.stop()));
  });
});
