import { describe, expect, it } from "vitest";

import { BUS_ERROR } from "../bus-error.ts";
import type { BusState } from "../port.ts";
import type { ContractContext } from "./contract-context.ts";
import { bytes, draft, fresh, text } from "./messages.ts";

export function describeCore({ bus, harness, until }: ContractContext): void {
  describe("unstored messages", () => {
    it("reach who listens, until that ends; a failing listener hurts nobody", async () => {
      const service = fresh("svc");
      const heard: string[] = [];
      const endBad = bus().listen(`hb.${service}.*`, () => {
        throw new Error("listener failed");
      });
      const end = bus().listen(`hb.${service}.*`, (subject, payload) => {
        heard.push(`${subject}=${text(payload)}`);
      });
      // The round trip makes sure that the server knows the subscription.
      await bus().ping();
      const sender = await harness().connect("sender");
      sender.announce(`hb.${service}.0`, bytes("one"));
      await until("it was heard", () => heard.length === 1);
      end();
      endBad();
      await bus().ping();
      sender.announce(`hb.${service}.1`, bytes("two"));
      await sender.ping();
      await bus().ping();
      expect(heard).toEqual([`hb.${service}.0=one`]);
      await sender.close(1_000);
    });

    it("asks and answers", async () => {
      const subject = fresh("ask");
      const end = bus().respond(subject, (question) => Promise.resolve(bytes(`re: ${text(question)}`)));
      await bus().ping();
      const asker = await harness().connect("asker");
      expect(text(await asker.request(subject, bytes("why"), 2_000))).toBe("re: why");
      end();
      await bus().ping();
      await expect(asker.request(subject, bytes("why"), 2_000)).rejects.toMatchObject({ code: BUS_ERROR.NO_RESPONDER });
      await asker.close(1_000);
    });

    it("tells the asker that the responder failed", async () => {
      const subject = fresh("fail");
      const end = bus().respond(subject, () => Promise.reject(new Error("no such account")));
      await bus().ping();
      await expect(bus().request(subject, bytes(""), 2_000)).rejects.toMatchObject({
        code: BUS_ERROR.REQUEST_FAILED,
        message: expect.stringContaining("no such account"),
      });
      end();
    });
  });

  describe("closing", () => {
    it("is told, finishes what is in flight, and refuses what comes after", async () => {
      const closing = await harness().connect("closing");
      const states: BusState[] = [];
      closing.watchState((state) => states.push(state));
      expect(closing.state).toBe("connected");
      expect(await closing.ping()).toBeGreaterThanOrEqual(0);
      const subject = `exec.7.${fresh("close")}`;
      const inFlight = Promise.all(
        Array.from({ length: 2_000 }, (_, index) => closing.publish(draft(subject, String(index)))),
      );
      await closing.close(5_000);
      expect(await inFlight).toHaveLength(2_000);
      expect(closing.state).toBe("closed");
      expect(states).toEqual(["closed"]);
      const closed = { code: BUS_ERROR.CLOSED };
      await expect(closing.publish(draft(subject, "late"))).rejects.toMatchObject(closed);
      await expect(closing.append({ ...draft("hedge.0.x", "late"), expectedLastSeq: 0 })).rejects.toMatchObject(closed);
      await expect(closing.lastOf("EXEC", subject)).rejects.toMatchObject(closed);
      await expect(closing.ping()).rejects.toMatchObject(closed);
      await expect(closing.request("x", bytes(""), 100)).rejects.toMatchObject(closed);
      expect(() => closing.listen("x", () => undefined)).toThrow("closed");
      await closing.close(1_000);
    });
  });
}
