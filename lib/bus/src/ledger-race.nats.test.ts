import { startNatsCluster, type NatsCluster } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Bus } from "./port.ts";
import { bytes, collect, text } from "./testing/messages.ts";
import { busOn, provisionOn } from "./testing/nats-harness.ts";

const ACCOUNTS = Array.from({ length: 30 }, (_, index) => `hedge.0.acct${index}`);

let cluster: NatsCluster;

beforeAll(async () => {
  cluster = await startNatsCluster(3);
  await provisionOn(cluster, 3);
});
afterAll(async () => {
  await cluster.stop();
});

interface Writer {
  readonly believed: string[];
  readonly unknown: { count: number };
  stop(): Promise<void>;
}

/** A writer that believes it owns every account: appends the next version to what it reads, for ever. */
function writer(bus: Bus, name: string): Writer {
  const believed: string[] = [];
  const unknown = { count: 0 };
  let stopped = false;
  const own = async (subject: string): Promise<void> => {
    for (let nonce = 0; !stopped; nonce += 1) {
      try {
        const last = await bus.lastOf("HEDGE", subject);
        const [version = "0"] = last === undefined ? [] : text(last.payload).split("|");
        // version | writer and nonce | what it was built on
        const body = `${Number(version) + 1}|${name}${nonce}|${last?.messageId ?? "start"}`;
        const messageId = `${subject}:${Number(version) + 1}:${name}${nonce}`;
        const message = { subject, payload: bytes(body), messageId, expectedLastSeq: last?.seq ?? 0 };
        const outcome = await bus.append(message);
        if (outcome.outcome === "appended") believed.push(messageId);
        if (outcome.outcome === "unknown") unknown.count += 1;
      } catch {
        // A read that found no leader: it is tried again.
        unknown.count += 1;
      }
    }
  };
  const running = ACCOUNTS.map(own);
  return {
    believed,
    unknown,
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}

describe("two writers that both believe they own every account", () => {
  it("never break a chain and lose no append they believe in, also when a node is killed and another hangs", async () => {
    const buses = await Promise.all([busOn(cluster, "writer-a"), busOn(cluster, "writer-b")]);
    const writers = buses.map((bus, index) => writer(bus, index === 0 ? "a" : "b"));
    const appended = (): number => writers.reduce((sum, { believed }) => sum + believed.length, 0);
    const more = async (count: number): Promise<void> => {
      const before = appended();
      await until(`${count} more appends`, () => appended() >= before + count, 60_000);
    };
    await more(500);
    await cluster.nodes[0]?.kill();
    await more(300);
    await cluster.nodes[0]?.restart();
    await cluster.nodes[1]?.pause();
    await more(300);
    cluster.nodes[1]?.resume();
    await more(300);
    await Promise.all(writers.map((each) => each.stop()));
    const stored = new Set<string>();
    const [bus] = buses;
    if (bus === undefined) throw new Error("no bus");
    for (const subject of ACCOUNTS) {
      const chain = await collect(bus.readAll("HEDGE", subject));
      let previous = "start";
      for (const [index, message] of chain.entries()) {
        const [version, , builtOn] = text(message.payload).split("|");
        expect({ subject, version, builtOn }).toEqual({ subject, version: String(index + 1), builtOn: previous });
        previous = message.messageId;
        stored.add(message.messageId);
      }
    }
    expect(writers.flatMap(({ believed }) => believed).filter((id) => !stored.has(id))).toEqual([]);
    await Promise.all(buses.map((each) => each.close(1_000)));
  });
});
