import { startNatsCluster, type NatsCluster } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { collect, texts } from "./testing/messages.ts";
import { busOn, provisionOn } from "./testing/nats-harness.ts";
import { load, record } from "./testing/recorder.ts";

const SUBJECT = "exec.0.cluster";
/** An election takes up to 9 s; a busy test machine makes it longer. */
const PATIENT = { limits: { publishDeadlineMs: 90_000 } };

/** Few, so that a node that comes back catches up soon. */
const GENTLE_SLOTS = 2;

let cluster: NatsCluster;

beforeAll(async () => {
  cluster = await startNatsCluster(3);
  await provisionOn(cluster, 3);
});
afterAll(async () => {
  await cluster.stop();
});

describe("three servers of which one after the other goes away", () => {
  it("lose nothing and hand over nothing twice, whichever hosts the consumer", async () => {
    const [writer, reader] = await Promise.all([busOn(cluster, "writer", PATIENT), busOn(cluster, "reader")]);
    const recorders = await Promise.all(
      Array.from({ length: 4 }, () => record(reader, "EXEC", SUBJECT, { from: "last_per_subject" })),
    );
    const sent = load(writer, SUBJECT, GENTLE_SLOTS);
    const flow = async (count: number): Promise<void> => {
      const wanted = recorders.map(({ bodies }) => bodies.length + count);
      await until(
        `${count} more messages reach everybody`,
        () => recorders.every(({ bodies }, index) => bodies.length >= (wanted[index] ?? 0)),
        60_000,
      );
    };
    for (const node of cluster.nodes) {
      await flow(200);
      await node.kill();
      await flow(200);
      await node.restart();
    }
    await flow(200);
    await sent.stop();
    expect(sent.failed).toEqual(new Set());
    const stored = texts(await collect(writer.readAll("EXEC", SUBJECT)));
    expect(new Set(stored).size).toBe(stored.length);
    expect([...sent.acknowledged].filter((body) => !stored.includes(body))).toEqual([]);
    for (const { bodies, seqs } of recorders) {
      await until("everything was handed over", () => bodies.length >= stored.length);
      expect(bodies).toEqual(stored);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    }
    await Promise.all([writer.close(2_000), reader.close(2_000)]);
  });
});
