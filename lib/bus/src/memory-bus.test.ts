import { manualTime } from "@hedgelock/runtime";
import { expect, it } from "vitest";

import { memoryBus } from "./memory-bus.ts";
import { describeBus } from "./testing/bus-contract.ts";
import { bytes, draft, text } from "./testing/messages.ts";

describeBus("memory", () => {
  const bus = memoryBus();
  return Promise.resolve({
    partitions: 16,
    connect: (service) => Promise.resolve(bus.connect(service)),
    stop: () => bus.close(0),
  });
});

it("hands over inside the write, and a handler that writes does not jump the queue", async () => {
  const bus = memoryBus();
  const seen: string[] = [];
  const consumption = await bus.consume({
    stream: "EXEC",
    filters: ["exec.0.*"],
    start: { from: "new" },
    name: "sync",
    onMessage: (message) => {
      seen.push(text(message.payload));
      if (seen.length === 1) void bus.publish(draft("exec.0.a", "from the handler"));
    },
  });
  await consumption.caughtUp;
  void bus.publish(draft("exec.0.a", "1"));
  void bus.publish(draft("exec.0.a", "2"));
  expect(seen).toEqual(["1", "from the handler", "2"]);
});

it("plays lost answers and lost messages", async () => {
  const bus = memoryBus();
  bus.faultNextAppend("lose_answer");
  expect((await bus.append({ ...draft("hedge.0.a", "1"), expectedLastSeq: 0 })).outcome).toBe("unknown");
  expect(text((await bus.lastOf("HEDGE", "hedge.0.a"))?.payload ?? bytes(""))).toBe("1");
  bus.faultNextAppend("lose_message");
  expect((await bus.append({ ...draft("hedge.0.b", "1"), expectedLastSeq: 0 })).outcome).toBe("unknown");
  expect(await bus.lastOf("HEDGE", "hedge.0.b")).toBeUndefined();
  expect((await bus.append({ ...draft("hedge.0.b", "1"), expectedLastSeq: 0 })).outcome).toBe("appended");
});

it("plays a broken connection", async () => {
  const bus = memoryBus();
  const other = bus.connect("other");
  const seen: string[] = [];
  await bus.consume({
    stream: "EXEC",
    filters: ["exec.>"],
    start: { from: "all" },
    name: "c",
    onMessage: (message) => {
      seen.push(text(message.payload));
    },
  });
  bus.setConnected(false);
  const waiting = bus.publish(draft("exec.0.a", "mine"));
  await other.publish(draft("exec.0.a", "theirs"));
  expect(seen).toEqual([]);
  expect((await bus.append({ ...draft("hedge.0.a", "1"), expectedLastSeq: 0 })).outcome).toBe("unknown");
  await expect(bus.lastOf("EXEC", "exec.0.a")).rejects.toMatchObject({ code: "BUS_DISCONNECTED" });
  bus.setConnected(true);
  await waiting;
  expect(seen).toEqual(["theirs", "mine"]);
});

it("forgets ids and keys when its clock says so", async () => {
  const time = manualTime(0);
  const bus = memoryBus({ clock: time });
  await bus.publish(draft("md.bybit.linear.BTCUSDT", "1", "id"));
  expect((await bus.publish(draft("md.bybit.linear.BTCUSDT", "2", "id"))).duplicate).toBe(true);
  time.advance(10_000);
  expect((await bus.publish(draft("md.bybit.linear.BTCUSDT", "3", "id"))).duplicate).toBe(false);
  const lease = await bus.keyValue("LEASE");
  const revision = (await lease.create("p.1", bytes("a"), 2_000)) ?? 0;
  time.advance(1_999);
  expect(await lease.get("p.1")).toBeDefined();
  time.advance(1);
  expect(await lease.get("p.1")).toBeUndefined();
  expect(await lease.keys()).toEqual([]);
  expect(await lease.update("p.1", bytes("zombie"), revision, 2_000)).toBeUndefined();
  expect(await lease.create("p.1", bytes("b"), 2_000)).toBeGreaterThan(revision);
});
