import { memoryBus, type MemoryBus } from "@hedgelock/bus";
import { appendMessageId, HedgeRecord, hedgeSubject, STREAM } from "@hedgelock/contracts";
import { manualTime, silentLogger } from "@hedgelock/runtime";
import { describe, expect, it } from "vitest";

import type { Change } from "../domain/change.ts";
import { emptyLedger } from "../domain/ledger-state.ts";
import { AccountLedger } from "./account-ledger.ts";
import { noCrash } from "./crash-points.ts";

const PARTITIONS = 16;
const SUBJECT = hedgeSubject("alice", PARTITIONS);

function ledgerOn(bus: MemoryBus, writer: string, time = manualTime(1_785_600_000_000)): AccountLedger {
  return new AccountLedger({
    bus,
    clock: time,
    timers: time,
    log: silentLogger,
    account: "alice",
    partitions: PARTITIONS,
    writer,
    epoch: 1,
    crash: noCrash,
    signal: new AbortController().signal,
    onAppended: () => undefined,
    onTrouble: () => undefined,
  });
}

const change = (rule: string): Change => ({
  event: { $case: "refused", value: { symbol: "BTCUSDT", decisionVersion: 1, rule, detail: "" } },
  state: { ...emptyLedger(), recentExecIds: [rule] },
  linkId: "",
  alarms: [],
});

async function rulesStored(bus: MemoryBus): Promise<readonly string[]> {
  const rules: string[] = [];
  for await (const message of bus.readAll(STREAM.HEDGE, SUBJECT)) {
    const body = HedgeRecord.decode(message.payload).event?.body;
    if (body?.$case === "refused") rules.push(body.value.rule);
  }
  return rules;
}

describe("the ledger of one account", () => {
  it("counts versions, and a successor goes on from the last record", async () => {
    const bus = memoryBus();
    const first = ledgerOn(bus, "a");
    await first.load();
    expect(await first.append(change("one"), undefined, 0)).toBe("stored");
    expect(await first.append(change("two"), undefined, 5)).toBe("stored");
    const next = ledgerOn(bus.connect("next"), "b");
    await next.load();
    expect(next.version).toBe(2);
    expect(next.state.recentExecIds).toEqual(["two"]);
    expect(next.state.execStreamSeq).toBe(5);
  });

  it("of two writers one is refused and then knows what the other wrote", async () => {
    const bus = memoryBus();
    const [one, two] = [ledgerOn(bus, "a"), ledgerOn(bus.connect("two"), "b")];
    await Promise.all([one.load(), two.load()]);
    expect(await one.append(change("one"), undefined, 0)).toBe("stored");
    expect(await two.append(change("two"), undefined, 0)).toBe("superseded");
    expect(two.state.recentExecIds).toEqual(["one"]);
    expect(await rulesStored(bus)).toEqual(["one"]);
  });

  it("finds its own record when the answer was lost, and stores it once when the record was", async () => {
    for (const fault of ["lose_answer", "lose_message"] as const) {
      const bus = memoryBus();
      const time = manualTime(1_785_600_000_000);
      const ledger = ledgerOn(bus, "a", time);
      await ledger.load();
      bus.faultNextAppend(fault);
      const appended = ledger.append(change("one"), undefined, 0);
      for (let round = 0; round < 100; round += 1) {
        await Promise.resolve();
        time.advance(10);
      }
      expect(await appended).toBe("stored");
      expect(await rulesStored(bus)).toEqual(["one"]);
    }
  });

  it("does not take a different record of its own, same version and same writer, for the one it just appended", async () => {
    const bus = memoryBus();
    const ledger = ledgerOn(bus, "a");
    await ledger.load();
    // An earlier append of this writer, given up as unknown, lands late.
    const late = HedgeRecord.encode({
      account: "alice",
      version: 1,
      writer: "a",
      epoch: 1,
      recordedTimeUs: 1,
      traceId: "",
      spanId: "",
      event: { body: change("late").event },
      state: change("late").state,
    }).finish();
    await bus.append({
      subject: SUBJECT,
      payload: late,
      messageId: appendMessageId("alice", 1, "a"),
      expectedLastSeq: 0,
    });
    expect(await ledger.append(change("new"), undefined, 0)).toBe("superseded");
    expect(ledger.state.recentExecIds).toEqual(["late"]);
  });

  it("refuses a record it cannot read instead of starting from nothing", async () => {
    const bus = memoryBus();
    const payload = HedgeRecord.encode({
      account: "bob",
      version: 1,
      writer: "a",
      epoch: 1,
      recordedTimeUs: 1,
      traceId: "",
      spanId: "",
      event: undefined,
      state: emptyLedger(),
    }).finish();
    await bus.append({ subject: SUBJECT, payload, messageId: "x", expectedLastSeq: 0 });
    await expect(ledgerOn(bus, "a").load()).rejects.toThrow(/is not a ledger record of alice/);
  });
});
