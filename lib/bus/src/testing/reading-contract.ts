import { HEADER } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { BUS_ERROR } from "../bus-error.ts";
import { PoisonMessageError, type Consumption, type StartAt, type StoredMessage } from "../port.ts";
import type { ContractContext } from "./contract-context.ts";
import { bytes, collect, draft, fresh, text, texts } from "./messages.ts";

export function describeReading(context: ContractContext): void {
  describeStarts(context);
  describeHandlers(context);
  describeReads(context);
}

interface Taken {
  readonly consumption: Consumption;
  readonly messages: readonly StoredMessage[];
}

/** Consumes EXEC into an array. */
async function take({ bus }: ContractContext, filters: readonly string[], start: StartAt): Promise<Taken> {
  const messages: StoredMessage[] = [];
  const consumption = await bus().consume({
    stream: "EXEC",
    filters,
    start,
    name: "contract",
    onMessage: (message) => {
      messages.push(message);
    },
  });
  return { consumption, messages };
}

function describeStarts(context: ContractContext): void {
  const { bus, until } = context;
  describe("consume", () => {
    it("from all: what is stored, then what comes, in order", async () => {
      const subject = `exec.2.${fresh("all")}`;
      for (const body of ["1", "2"]) await bus().publish(draft(subject, body));
      const { consumption, messages } = await take(context, [subject], { from: "all" });
      await consumption.caughtUp;
      expect(texts(messages)).toEqual(["1", "2"]);
      const ack = await bus().publish(draft(subject, "3"));
      await until("the third message came", () => messages.length === 3);
      expect(texts(messages)).toEqual(["1", "2", "3"]);
      expect(consumption.lastSeq).toBe(ack.seq);
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map(({ seq }) => seq).toSorted((a, b) => a - b));
      await consumption.stop();
    });

    it("from new: only what comes", async () => {
      const subject = `exec.2.${fresh("new")}`;
      await bus().publish(draft(subject, "old"));
      const { consumption, messages } = await take(context, [subject], { from: "new" });
      await consumption.caughtUp;
      expect(consumption.lastSeq).toBe(0);
      await bus().publish(draft(subject, "new"));
      await until("the new message came", () => messages.length > 0);
      expect(texts(messages)).toEqual(["new"]);
      await consumption.stop();
    });

    it("from a sequence: that message and what follows", async () => {
      const subject = `exec.2.${fresh("seq")}`;
      await bus().publish(draft(subject, "1"));
      const { seq } = await bus().publish(draft(subject, "2"));
      await bus().publish(draft(subject, "3"));
      const { consumption, messages } = await take(context, [subject], { from: "seq", seq });
      await consumption.caughtUp;
      expect(texts(messages)).toEqual(["2", "3"]);
      const beyond = await take(context, [subject], { from: "seq", seq: seq + 1_000_000 });
      await beyond.consumption.caughtUp;
      expect(beyond.messages).toEqual([]);
      await Promise.all([consumption.stop(), beyond.consumption.stop()]);
    });

    it("from the last of each subject, over several filters, then everything that comes", async () => {
      const [a, b, c] = [fresh("acct"), fresh("acct"), fresh("acct")];
      for (const [account, body] of [
        [a, "a1"],
        [b, "b1"],
        [a, "a2"],
        [c, "c1"],
        [b, "b2"],
        [a, "a3"],
      ] as const) {
        await bus().publish(draft(`exec.3.${account}`, body));
      }
      const { consumption, messages } = await take(context, [`exec.3.${a}`, `exec.3.${b}`], {
        from: "last_per_subject",
      });
      await consumption.caughtUp;
      expect(texts(messages)).toEqual(["b2", "a3"]);
      for (const body of ["a4", "a5"]) await bus().publish(draft(`exec.3.${a}`, body));
      await until("both came", () => messages.length === 4);
      expect(texts(messages)).toEqual(["b2", "a3", "a4", "a5"]);
      await consumption.stop();
    });

    it("is caught up at once when nothing matches", async () => {
      const { consumption, messages } = await take(context, [`exec.2.${fresh("none")}`], { from: "all" });
      await consumption.caughtUp;
      expect(messages).toEqual([]);
      await consumption.stop();
    });

    it("hands over nothing after stop, also when stopped by the handler", async () => {
      const subject = `exec.2.${fresh("stop")}`;
      for (let index = 0; index < 20; index += 1) await bus().publish(draft(subject, String(index)));
      const seen: string[] = [];
      const consumption: Consumption = await bus().consume({
        stream: "EXEC",
        filters: [subject],
        start: { from: "all" },
        name: "stopper",
        onMessage: (message) => {
          seen.push(text(message.payload));
          if (seen.length === 5) void consumption.stop();
        },
      });
      await expect(consumption.caughtUp).rejects.toMatchObject({ code: BUS_ERROR.CLOSED });
      const other = await take(context, [subject], { from: "all" });
      await other.consumption.caughtUp;
      expect(seen).toEqual(["0", "1", "2", "3", "4"]);
      await other.consumption.stop();
    });

    it("refuses no filters and a name that cannot be a token", async () => {
      await expect(take(context, [], { from: "all" })).rejects.toMatchObject({ code: BUS_ERROR.INVALID_MESSAGE });
      const named = bus().consume({
        stream: "EXEC",
        filters: ["exec.>"],
        start: { from: "all" },
        name: "a.b",
        onMessage: () => undefined,
      });
      await expect(named).rejects.toThrow("consumer name");
    });
  });
}

function describeHandlers({ bus, harness, until }: ContractContext): void {
  describe("a message that cannot be handled", () => {
    it("goes to the dead letters with reason, origin and original headers, and the flow goes on", async () => {
      const subject = `exec.4.${fresh("poison")}`;
      const poisoned = await bus().publish({
        ...draft(subject, "poison"),
        headers: { traceparent: "00-1-2-00", "Nats-Expected-Stream": "EXEC" },
      });
      await bus().publish(draft(subject, "good"));
      const service = await harness().connect("victim");
      const handled: string[] = [];
      const consumption = await service.consume({
        stream: "EXEC",
        filters: [subject],
        start: { from: "all" },
        name: "victim",
        onMessage: (message) => {
          if (text(message.payload) === "poison") throw new PoisonMessageError("quantity is\nno number");
          handled.push(text(message.payload));
        },
      });
      await consumption.caughtUp;
      expect(handled).toEqual(["good"]);
      let letter: StoredMessage | undefined;
      await until("the dead letter is stored", async () => {
        letter = await bus().lastOf("DLQ", "dlq.EXEC");
        return letter?.headers[HEADER.DLQ_SUBJECT] === subject;
      });
      expect(text(letter?.payload ?? bytes(""))).toBe("poison");
      expect(letter?.headers).toMatchObject({
        traceparent: "00-1-2-00",
        [HEADER.DLQ_REASON]: "quantity is no number",
        [HEADER.DLQ_SUBJECT]: subject,
        [HEADER.DLQ_STREAM]: "EXEC",
        [HEADER.DLQ_SEQUENCE]: String(poisoned.seq),
        [HEADER.DLQ_SERVICE]: "victim",
        "hl-dlq-original-nats-msg-id": `${subject}:poison`,
        "hl-dlq-original-nats-expected-stream": "EXEC",
      });
      await service.close(1_000);
    });

    it("is told to onError when the handler failed by itself", async () => {
      const subject = `exec.4.${fresh("bug")}`;
      for (const body of ["bad", "good"]) await bus().publish(draft(subject, body));
      const errors: string[] = [];
      const handled: string[] = [];
      const consumption = await bus().consume({
        stream: "EXEC",
        filters: [subject],
        start: { from: "all" },
        name: "buggy",
        onMessage: (message) => {
          if (text(message.payload) === "bad") throw new TypeError("undefined is not a function");
          handled.push(text(message.payload));
        },
        onError: (error) => {
          errors.push(error.message);
          throw new Error("and onError fails too");
        },
      });
      await consumption.caughtUp;
      expect(handled).toEqual(["good"]);
      expect(errors).toEqual(["undefined is not a function"]);
      await until("the dead letter names the reason", async () => {
        const letter = await bus().lastOf("DLQ", "dlq.EXEC");
        return letter?.headers[HEADER.DLQ_REASON] === "handler failed: undefined is not a function";
      });
      await consumption.stop();
    });
  });
}

function describeReads({ bus, harness }: ContractContext): void {
  describe("reading", () => {
    it("finds the last message of each of many subjects, in stream order", async () => {
      const prefix = fresh("many");
      const subjects = Array.from({ length: 300 }, (_, index) => `exec.5.${prefix}-${index}`);
      await Promise.all(subjects.map((subject) => bus().publish(draft(subject, "old"))));
      await Promise.all(subjects.map((subject) => bus().publish(draft(subject, `last of ${subject}`))));
      const last = await bus().lastPerSubject("EXEC", "exec.5.*");
      expect(texts(last)).toEqual(subjects.map((subject) => `last of ${subject}`));
      expect(last.map(({ seq }) => seq)).toEqual(last.map(({ seq }) => seq).toSorted((a, b) => a - b));
    });

    it("finds nothing where nothing is", async () => {
      expect(await bus().lastPerSubject("EXEC", "exec.1023.*")).toEqual([]);
      expect(await bus().lastOf("EXEC", "exec.1023.nobody")).toBeUndefined();
      expect(await collect(bus().readAll("EXEC", "exec.1023.*"))).toEqual([]);
    });

    it("reads all up to the end present at the call, and can stop early", async () => {
      const subject = `exec.6.${fresh("read")}`;
      for (let index = 0; index < 30; index += 1) await bus().publish(draft(subject, String(index)));
      const seen: string[] = [];
      for await (const message of bus().readAll("EXEC", subject)) {
        if (seen.length === 0) await bus().publish(draft(subject, "late"));
        seen.push(text(message.payload));
      }
      expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => String(index)));
      for await (const message of bus().readAll("EXEC", subject)) {
        expect(text(message.payload)).toBe("0");
        break;
      }
    });

    it("keeps only the newest of a subject where the stream says so", async () => {
      const subject = `acct.0.${fresh("keep")}.wallet`;
      for (let index = 1; index <= 12; index += 1) await bus().publish(draft(subject, String(index)));
      expect(texts(await collect(bus().readAll("ACCT", subject)))).toEqual(["5", "6", "7", "8", "9", "10", "11", "12"]);
    });

    it("tells what was provisioned", async () => {
      const provisioned = await bus().provisioned();
      expect(provisioned.partitions).toBe(harness().partitions);
      expect(provisioned.ledgerId).toMatch(/^[0-9a-f]{16}$/);
    });
  });
}
