import { HedgeLockError } from "@hedgelock/runtime";
import { expect, it } from "vitest";

import { appendOutcome } from "./appender.ts";

it("says appended only to a plain acknowledgement, and conflict only to a refused sequence", () => {
  const stored = { kind: "stored", stream: "HEDGE", seq: 4 } as const;
  expect(appendOutcome({ ...stored, duplicate: false })).toEqual({ outcome: "appended", seq: 4 });
  expect(appendOutcome({ ...stored, duplicate: true }).outcome).toBe("unknown");
  for (const code of [10071, 10164]) {
    expect(appendOutcome({ kind: "refused", code, description: "wrong last sequence" })).toEqual({
      outcome: "conflict",
    });
  }
  for (const code of [10158, 10008, 10077, 10039, 0]) {
    expect(appendOutcome({ kind: "refused", code, description: "trouble" })).toEqual({
      outcome: "unknown",
      reason: `trouble (${code})`,
    });
  }
  expect(appendOutcome({ kind: "lost", reason: "no answer" })).toEqual({ outcome: "unknown", reason: "no answer" });
  expect(() => appendOutcome({ kind: "failed", error: new HedgeLockError("X", "not sent") })).toThrow("not sent");
});
