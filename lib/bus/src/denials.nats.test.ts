import { BUCKETS, STREAMS, type BucketName, type StreamName } from "@hedgelock/contracts";
import { HedgeLockError } from "@hedgelock/runtime";
import { startNatsServer, type NatsServer } from "@hedgelock/test/support/nats-server.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { BUS_ERROR } from "./bus-error.ts";
import { NATS_USERS, type NatsUser } from "./permissions.ts";
import type { Bus } from "./port.ts";
import { bytes, draft, text } from "./testing/messages.ts";
import { busOn, provisionOn } from "./testing/nats-harness.ts";
import { record } from "./testing/recorder.ts";
import { clientOf, passwordOf, startServerWithUsers, type Client } from "./testing/users.ts";

/** One thing that somebody could try, and who may. */
interface Attempt {
  readonly what: string;
  readonly allowed: readonly NatsUser[];
  readonly run: (bus: Bus) => unknown;
}

const REQUEST_MS = 5_000;
const subjects: Readonly<Record<StreamName, string>> = {
  MD: "md.bybit.linear.BTCUSDT",
  ACCT: "acct.0.a.wallet",
  EXEC: "exec.0.a",
  RISK: "risk.0.a",
  HEDGE: "hedge.0.a",
  DLQ: "dlq.HEDGE",
};

/** Written by hand, not derived from the rights: this is what must be so. */
const MAY_WRITE: Readonly<Record<StreamName, readonly NatsUser[]>> = {
  MD: ["collector"],
  ACCT: ["collector"],
  EXEC: ["collector"],
  RISK: ["risk"],
  HEDGE: ["hedger"],
  DLQ: [],
};
const MAY_CONSUME: Readonly<Record<StreamName, readonly NatsUser[]>> = {
  MD: ["risk", "observer"],
  ACCT: ["risk", "hedger", "observer"],
  EXEC: ["hedger", "observer"],
  RISK: ["hedger", "observer"],
  HEDGE: ["observer"],
  DLQ: ["observer"],
};
const MAY_LOOK_UP: Readonly<Record<StreamName, readonly NatsUser[]>> = {
  ...MAY_CONSUME,
  EXEC: ["collector", ...MAY_CONSUME.EXEC],
  RISK: ["risk", ...MAY_CONSUME.RISK],
  HEDGE: ["hedger", ...MAY_CONSUME.HEDGE],
};
const MAY_ANNOUNCE: Readonly<Record<string, readonly NatsUser[]>> = {
  "hb.risk.0": ["risk"],
  "hb.hedger.0": [],
  "hb.collector.0": [],
  "trace.promote.md.bybit.linear.BTCUSDT": ["risk", "hedger"],
  "trace.promoted": ["collector", "risk"],
  "$JS.ACK.RISK.c.1.2.3.4.5": [],
  "$JS.EVENT.ADVISORY.API": [],
  "anything.else": [],
};
const MAY_LISTEN: Readonly<Record<string, readonly NatsUser[]>> = {
  ">": [],
  "*.>": [],
  "md.>": [],
  "hedge.*.*": [],
  "$KV.>": [],
  "$JS.>": [],
  "$SYS.>": [],
  "_INBOX.>": [],
  "_IB.>": [],
  "hb.*.*": ["observer"],
  "trace.promote.>": ["collector"],
  "trace.promote.risk.*.*": ["collector", "risk"],
  "trace.promoted": ["risk", "hedger"],
};

const ask = (subject: string, body = "{}"): ((bus: Bus) => unknown) => {
  return (bus) => bus.request(subject, bytes(body), REQUEST_MS);
};

function attemptsOnStream(stream: StreamName): readonly Attempt[] {
  const subject = subjects[stream];
  const admin = (verb: string, allowed: readonly NatsUser[]): Attempt => ({
    what: `${verb} ${stream}`,
    allowed,
    run: ask(`$JS.API.${verb}.${stream}`),
  });
  return [
    { what: `publish to ${stream}`, allowed: MAY_WRITE[stream], run: (bus) => bus.publish(draft(subject, "said")) },
    {
      what: `append to ${stream}`,
      allowed: MAY_WRITE[stream],
      run: (bus) => bus.append({ ...draft(subject, "appended"), expectedLastSeq: 0 }),
    },
    {
      what: `consume ${stream}`,
      allowed: MAY_CONSUME[stream],
      async run(bus) {
        await (await record(bus, stream, subject, { from: "all" })).consumption.stop();
      },
    },
    { what: `read the last of ${stream}`, allowed: MAY_LOOK_UP[stream], run: (bus) => bus.lastOf(stream, subject) },
    admin("STREAM.CREATE", ["provision"]),
    admin("STREAM.UPDATE", ["provision"]),
    ...["DELETE", "PURGE", "MSG.DELETE", "SNAPSHOT", "RESTORE", "LEADER.STEPDOWN"].map((verb) =>
      admin(`STREAM.${verb}`, []),
    ),
    ...["CONSUMER.LIST", "CONSUMER.NAMES", "DIRECT.GET"].map((verb) => admin(verb, [])),
    {
      what: `make a durable consumer on ${stream}`,
      allowed: [],
      run: ask(`$JS.API.CONSUMER.DURABLE.CREATE.${stream}.mine`),
    },
  ];
}

function attemptsOnBucket(name: BucketName): readonly Attempt[] {
  return [
    { what: `read ${name}`, allowed: ["observer"], run: async (bus) => (await bus.keyValue(name)).get("key") },
    // Who provisions sees the state of every stream, which includes the names of its subjects.
    { what: `list ${name}`, allowed: ["observer", "provision"], run: async (bus) => (await bus.keyValue(name)).keys() },
    { what: `write ${name}`, allowed: [], run: async (bus) => (await bus.keyValue(name)).put("key", bytes("mine")) },
    { what: `delete from ${name}`, allowed: [], run: async (bus) => (await bus.keyValue(name)).delete("key") },
    { what: `purge ${name}`, allowed: [], run: ask(`$JS.API.STREAM.PURGE.KV_${name}`) },
    { what: `delete ${name}`, allowed: [], run: ask(`$JS.API.STREAM.DELETE.KV_${name}`) },
  ];
}

const ATTEMPTS: readonly Attempt[] = [
  ...STREAMS.flatMap(({ name }) => attemptsOnStream(name)),
  ...BUCKETS.flatMap(({ name }) => attemptsOnBucket(name)),
  ...Object.entries(MAY_ANNOUNCE).map(([subject, allowed]) => ({
    what: `announce on ${subject}`,
    allowed,
    run: (bus: Bus) => bus.announce(subject, bytes("forged")),
  })),
  ...Object.entries(MAY_LISTEN).map(([subject, allowed]) => ({
    what: `listen to ${subject}`,
    allowed,
    run: (bus: Bus) => bus.listen(subject, () => undefined),
  })),
  ...NATS_USERS.flatMap((user) => [
    {
      what: `listen to the inboxes of ${user}`,
      allowed: [user],
      run: (bus: Bus) => bus.listen(`_IB.${user}.>`, () => undefined),
    },
    {
      what: `answer into an inbox of ${user}`,
      allowed: [],
      run: (bus: Bus) => bus.announce(`_IB.${user}.0.1`, bytes("forged")),
    },
  ]),
  { what: "put aside a message of MD", allowed: ["risk"], run: (bus) => bus.publish(draft("dlq.MD", "letter")) },
  { what: "put aside a message of EXEC", allowed: ["hedger"], run: (bus) => bus.publish(draft("dlq.EXEC", "letter")) },
  { what: "create a stream of its own", allowed: [], run: ask("$JS.API.STREAM.CREATE.MINE") },
  { what: "list the streams", allowed: [], run: ask("$JS.API.STREAM.LIST") },
  { what: "purge the account", allowed: [], run: ask("$JS.API.ACCOUNT.PURGE.$G") },
  { what: "ask the server itself", allowed: [], run: ask("$SYS.REQ.SERVER.PING") },
];

let server: NatsServer;
beforeAll(async () => {
  server = await startServerWithUsers();
});
afterAll(async () => {
  await server.stop();
});

/** Tries, and says whether the server denied it. Anything else that goes wrong, a refused request, is no denial. */
async function isDenied({ bus, denials }: Client, { what, run }: Attempt): Promise<boolean> {
  const before = denials.length;
  let rejected = false;
  try {
    await run(bus);
  } catch (error) {
    if (!(error instanceof HedgeLockError)) throw error;
    rejected = error.code === BUS_ERROR.PERMISSION;
    if (rejected) expect(error.message, what).toMatch(/denies this user (publishing|subscribing) on ".+": grant it/);
  }
  // What is only announced or listened to has no answer: the denial comes before the second round trip ends.
  await bus.ping();
  await bus.ping();
  const logged = denials.length > before;
  if (rejected) expect(logged, what).toBe(true);
  return logged;
}

describe("what a user must not do is denied", () => {
  it.each(NATS_USERS)("to %s", async (user) => {
    await using client = await clientOf(server, user);
    const denied: string[] = [];
    for (const attempt of ATTEMPTS) {
      if (await isDenied(client, attempt)) denied.push(attempt.what);
    }
    const expected = ATTEMPTS.filter(({ allowed }) => !allowed.includes(user));
    expect(denied).toEqual(expected.map(({ what }) => what));
    expect(client.bus.state).toBe("connected");
    expect(client.metrics.total("hedgelock_bus_denied_total")).toBeGreaterThanOrEqual(denied.length);
  });

  it("and nothing of it was stored", async () => {
    await using observer = await clientOf(server, "observer");
    const stored = await Promise.all(
      STREAMS.map(async ({ name }) => [name, (await observer.bus.lastPerSubject(name, ">")).map((one) => one.subject)]),
    );
    expect(Object.fromEntries(stored)).toEqual({
      ...Object.fromEntries(Object.entries(subjects).map(([stream, subject]) => [stream, [subject]])),
      DLQ: ["dlq.MD", "dlq.EXEC"],
    });
  });

  it("a service under the name of another gets no answers, and is told why", async () => {
    const options = { user: "hedger", password: passwordOf("hedger") };
    await using bus = await busOn(server, "risk", options);
    await expect(bus.provisioned()).rejects.toMatchObject({
      code: BUS_ERROR.PERMISSION,
      message: expect.stringMatching(/denies this user subscribing on "_IB\.risk\./),
    });
  });

  it("nobody who has no user is let in", async () => {
    await expect(busOn(server, "risk")).rejects.toMatchObject({
      code: BUS_ERROR.UNAUTHORIZED,
      message: expect.stringContaining("a client without user"),
    });
  });
});

describe("the ledger", () => {
  it("keeps every record, whoever asks: also from an administrator without any bounds", async () => {
    await using own = await startNatsServer();
    await provisionOn(own, 1);
    await using admin = await busOn(own, "admin");
    const { seq } = await admin.publish(draft("hedge.0.a", "record"));
    const answers = await Promise.all([
      admin.request("$JS.API.STREAM.MSG.DELETE.HEDGE", bytes(JSON.stringify({ seq })), REQUEST_MS),
      admin.request("$JS.API.STREAM.PURGE.HEDGE", bytes("{}"), REQUEST_MS),
    ]);
    expect(answers.map(text)).toEqual([
      expect.stringContaining("message delete not permitted"),
      expect.stringContaining("purge not permitted"),
    ]);
    expect((await admin.lastOf("HEDGE", "hedge.0.a"))?.seq).toBe(seq);
  });
});
