import { describe, expect, it } from "vitest";

import { BUS_ERROR } from "../bus-error.ts";
import type { ContractContext } from "./contract-context.ts";
import { bytes, collect, draft, fresh, text, texts } from "./messages.ts";

const PIPELINED = 10_000;

export function describeWriting({ bus, harness }: ContractContext): void {
  describe("publish", () => {
    it("stores subject, payload, headers and id", async () => {
      const subject = `exec.0.${fresh("pub")}`;
      const ack = await bus().publish({
        subject,
        payload: bytes("körper"),
        messageId: `${subject}:1`,
        headers: { traceparent: "00-aa-bb-00", "hl-contract": "1" },
      });
      const stored = await bus().lastOf("EXEC", subject);
      expect(ack).toEqual({ stream: "EXEC", seq: stored?.seq, duplicate: false });
      expect(stored).toMatchObject({ stream: "EXEC", subject, messageId: `${subject}:1` });
      expect(text(stored?.payload ?? bytes(""))).toBe("körper");
      expect(stored?.headers).toMatchObject({ traceparent: "00-aa-bb-00", "hl-contract": "1" });
    });

    it("answers duplicate with the first sequence for an id it knows", async () => {
      const subject = `exec.0.${fresh("dup")}`;
      const first = await bus().publish(draft(subject, "a", "same-id"));
      const second = await bus().publish(draft(subject, "b", "same-id"));
      expect(second).toEqual({ ...first, duplicate: true });
      expect(texts(await collect(bus().readAll("EXEC", subject)))).toEqual(["a"]);
    });

    it(`acknowledges ${PIPELINED} pipelined messages, each its own, in order`, async () => {
      const subject = `exec.1.${fresh("pipe")}`;
      const acks = await Promise.all(
        Array.from({ length: PIPELINED }, (_, index) => bus().publish(draft(subject, String(index)))),
      );
      const first = acks[0]?.seq ?? 0;
      expect(acks.map(({ seq }) => seq)).toEqual(acks.map((_, index) => first + index));
      expect(texts(await collect(bus().readAll("EXEC", subject)))).toEqual(acks.map((_, index) => String(index)));
    });

    it("refuses what is no subject, and a message without id", async () => {
      for (const subject of ["", "exec.*.a", "exec.0.>", "exec 0", "exec..a", "exec.0.a\r\nPUB x 0"]) {
        await expect(bus().publish(draft(subject, "x", "id"))).rejects.toMatchObject({
          code: BUS_ERROR.INVALID_MESSAGE,
        });
      }
      await expect(bus().publish(draft("exec.0.a", "x", ""))).rejects.toMatchObject({
        code: BUS_ERROR.INVALID_MESSAGE,
      });
    });
  });

  describe("append", () => {
    it("stores when the expected sequence is the last one, and says conflict otherwise", async () => {
      const subject = `hedge.0.${fresh("app")}`;
      const first = await bus().append({ ...draft(subject, "1"), expectedLastSeq: 0 });
      expect(first).toEqual({ outcome: "appended", seq: (await bus().lastOf("HEDGE", subject))?.seq });
      expect(await bus().append({ ...draft(subject, "other"), expectedLastSeq: 0 })).toEqual({ outcome: "conflict" });
      const seq = first.outcome === "appended" ? first.seq : 0;
      const second = await bus().append({ ...draft(subject, "2"), expectedLastSeq: seq });
      expect(second.outcome).toBe("appended");
      expect(texts(await collect(bus().readAll("HEDGE", subject)))).toEqual(["1", "2"]);
    });

    it("checks each subject for itself", async () => {
      const [one, other] = [`hedge.0.${fresh("sub")}`, `hedge.0.${fresh("sub")}`];
      expect((await bus().append({ ...draft(one, "1"), expectedLastSeq: 0 })).outcome).toBe("appended");
      expect((await bus().append({ ...draft(other, "1"), expectedLastSeq: 0 })).outcome).toBe("appended");
    });

    it("never says appended for an id the server already knew", async () => {
      const subject = `hedge.0.${fresh("known")}`;
      await bus().append({ ...draft(subject, "1", `${subject}:shared`), expectedLastSeq: 0 });
      const loser = await bus().append({ ...draft(subject, "2", `${subject}:shared`), expectedLastSeq: 0 });
      expect(loser.outcome).not.toBe("appended");
      expect(texts(await collect(bus().readAll("HEDGE", subject)))).toEqual(["1"]);
    });

    it("refuses a second append on the subject while one is in flight", async () => {
      const subject = `hedge.0.${fresh("twice")}`;
      const first = bus().append({ ...draft(subject, "1"), expectedLastSeq: 0 });
      await expect(bus().append({ ...draft(subject, "2"), expectedLastSeq: 0 })).rejects.toMatchObject({
        code: BUS_ERROR.APPEND_IN_FLIGHT,
      });
      expect((await first).outcome).toBe("appended");
    });

    it("lets exactly one of two writers win each version", async () => {
      const subject = `hedge.0.${fresh("race")}`;
      const writers = await Promise.all([harness().connect("writer-a"), harness().connect("writer-b")]);
      const rounds = 50;
      const won: string[] = [];
      await Promise.all(
        writers.map(async (writer, index) => {
          for (;;) {
            const last = await writer.lastOf("HEDGE", subject);
            const version = last === undefined ? 1 : Number(text(last.payload).split(":")[0]) + 1;
            if (version > rounds) return;
            const body = `${version}:${index}`;
            const outcome = await writer.append({ ...draft(subject, body), expectedLastSeq: last?.seq ?? 0 });
            if (outcome.outcome === "appended") won.push(body);
          }
        }),
      );
      const stored = texts(await collect(bus().readAll("HEDGE", subject)));
      expect(stored.map((body) => Number(body.split(":")[0]))).toEqual(Array.from({ length: rounds }, (_, i) => i + 1));
      expect(won.toSorted()).toEqual([...stored].toSorted());
      await Promise.all(writers.map((writer) => writer.close(1_000)));
    });
  });
}
