import type { StoredMessage } from "@hedgelock/bus";
import { Decision } from "@hedgelock/contracts";
import { seededRandom } from "@hedgelock/runtime";
import { describe, expect, it } from "vitest";

import { harness } from "./testing/harness.ts";
import { START_MS, linear, loan, positionOf, positions, spot, wallet } from "./testing/messages.ts";
import { testConfig } from "./testing/policy.ts";

interface Recorded {
  readonly atMs: number;
  readonly message: StoredMessage;
}

/** A fall with rebounds, snapshots in between: inputs as they were recorded, with the time of each. */
function recording(): Recorded[] {
  const random = seededRandom(20_251_010);
  const inputs: Recorded[] = [];
  let price = 60_000;
  let hedged = 0;
  for (let step = 0; step < 600; step += 1) {
    const atMs = START_MS + step * 100;
    price *= 1 + (random.next() - 0.56) * 0.01;
    if (step % 10 === 0) {
      inputs.push({ atMs, message: loan("alice", atMs) });
      inputs.push({ atMs, message: positions("alice", atMs, [positionOf("BTCUSDT", String(-hedged))]) });
      inputs.push({ atMs, message: wallet("alice", atMs) });
      hedged = Math.min(1, Number((hedged + random.next() * 0.05).toFixed(3)));
    }
    const rounded = Number(price.toFixed(2));
    inputs.push({ atMs, message: linear(rounded, atMs) }, { atMs, message: spot(rounded, atMs) });
  }
  return inputs;
}

async function replay(inputs: readonly Recorded[]): Promise<readonly StoredMessage[]> {
  const setup = harness({ config: testConfig({ strategy: "NR" }) });
  setup.engine.goLive();
  for (const { atMs, message } of inputs) {
    setup.time.advance(atMs - setup.time.nowMs());
    if (message.stream === "MD") setup.engine.onTick(message);
    else setup.engine.onSnapshot(message);
    await setup.settle();
  }
  return setup.stream.messages;
}

describe("replaying recorded inputs", () => {
  it("gives the same decisions, byte for byte (I6)", async () => {
    const inputs = recording();
    const first = await replay(inputs);
    const second = await replay(inputs);
    expect(first.length).toBeGreaterThan(50);
    expect(new Set(first.map(({ payload }) => Decision.decode(payload).state)).size).toBeGreaterThanOrEqual(4);
    expect(second).toStrictEqual(first);
  });

  it("names every input of every decision by an identity that was recorded", async () => {
    const inputs = recording();
    const known = new Set(inputs.map(({ message }) => `${message.subject} ${message.messageId}`));
    for (const { payload } of await replay(inputs)) {
      const { trigger, inputs: named } = Decision.decode(payload);
      const all = [...named, ...(trigger === undefined ? [] : [trigger])];
      expect(all.every(({ subject, messageId }) => known.has(`${subject} ${messageId}`))).toBe(true);
    }
  });

  it("gives other bytes for another input", async () => {
    const inputs = recording();
    const changed = inputs.map((entry) =>
      entry.atMs === START_MS + 30_000 && entry.message.subject.startsWith("md.")
        ? { ...entry, message: spot(1000, entry.atMs) }
        : entry,
    );
    expect((await replay(changed)).map(({ payload }) => payload)).not.toStrictEqual(
      (await replay(inputs)).map(({ payload }) => payload),
    );
  });
});
