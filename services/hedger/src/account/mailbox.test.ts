import { describe, expect, it } from "vitest";

import { limiter } from "./limiter.ts";
import { Mailbox } from "./mailbox.ts";

const failed = (error: unknown): never => {
  throw error instanceof Error ? error : new Error(String(error));
};

describe("the mailbox of an account", () => {
  it("runs one piece at a time, in order, and nothing in place", async () => {
    const mailbox = new Mailbox(10, failed);
    const steps: string[] = [];
    for (const name of ["a", "b"]) {
      mailbox.post(async () => {
        steps.push(`${name} begins`);
        await Promise.resolve();
        steps.push(`${name} ends`);
      });
    }
    expect(steps).toEqual([]);
    await mailbox.idle();
    expect(steps).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("keeps only the newest of what replaces itself, in the place of the oldest", async () => {
    const mailbox = new Mailbox(10, failed);
    const ran: string[] = [];
    const run = (name: string) => async (): Promise<void> => {
      ran.push(name);
    };
    mailbox.postLatest("decision", run("old decision"));
    mailbox.post(run("fill"));
    mailbox.postLatest("decision", run("new decision"));
    await mailbox.idle();
    expect(ran).toEqual(["new decision", "fill"]);
  });

  it("ends loudly when it is full, rather than drop a fact", async () => {
    const errors: unknown[] = [];
    const mailbox = new Mailbox(2, (error) => errors.push(error));
    for (let count = 0; count < 3; count += 1) mailbox.post(async () => undefined);
    expect(errors).toMatchObject([{ code: "HEDGER_MAILBOX_FULL" }]);
    await mailbox.idle();
  });

  it("stops at the first failure: what comes after would act on a state nobody knows", async () => {
    const errors: unknown[] = [];
    const mailbox = new Mailbox(10, (error) => errors.push(error));
    const ran: string[] = [];
    mailbox.post(() => Promise.reject(new Error("broken")));
    mailbox.post(async () => {
      ran.push("after");
    });
    await mailbox.idle();
    expect(errors).toHaveLength(1);
    expect(ran).toEqual([]);
  });
});

describe("the limiter", () => {
  it("never runs more than its width at once, and hands places on after failures", async () => {
    const limit = limiter(2);
    let running = 0;
    let most = 0;
    const work = async (index: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      for (let round = 0; round < 5; round += 1) await Promise.resolve();
      running -= 1;
      if (index === 3) throw new Error("three");
      return index;
    };
    const results = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((index) => limit(() => work(index))));
    expect(most).toBe(2);
    expect(results.map((result) => result.status === "fulfilled")).toEqual([true, true, false, true, true, true]);
  });
});
