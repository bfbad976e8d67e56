import { manualTime } from "@hedgelock/runtime";
import { describe, expect, it } from "vitest";

import { readBack } from "./read-back.ts";
import { auditSpans } from "./span-audit.ts";
import { LINK_ID, TRACE_ID, aTrace } from "./testing/spans.ts";

const FILL = { account: "alice", execId: "exec-1", linkId: LINK_ID, traceId: TRACE_ID };

describe("the audit of exported spans", () => {
  it("finds a whole trace whole, and each hole", () => {
    expect(auditSpans([FILL], new Map([[TRACE_ID, aTrace()]]))).toEqual({ fills: 1, complete: 1, holes: [] });
    const without = aTrace().filter(({ name }) => name !== "postcondition");
    const other = { ...FILL, execId: "exec-2" };
    const lost = { ...FILL, traceId: "" };
    expect(auditSpans([FILL, other, lost], new Map([[TRACE_ID, without]]))).toEqual({
      fills: 3,
      complete: 0,
      holes: [
        { ...FILL, missing: ["the hedge has no 'postcondition'"] },
        { ...other, missing: ["no span for the fill exec-2"] },
        { ...lost, missing: ["no spans with its trace id"] },
      ],
    });
  });

  it("reads again what has not arrived, until the time is up", async () => {
    const time = manualTime(0);
    let reads = 0;
    const source = {
      traces: () => {
        reads += 1;
        return Promise.resolve(new Map(reads < 3 ? [] : [[TRACE_ID, aTrace()]]));
      },
    };
    const settled = async <Value>(work: Promise<Value>): Promise<Value> => {
      for (let turn = 0; turn < 40; turn += 1) {
        for (let step = 0; step < 20; step += 1) await Promise.resolve();
        time.advance(250);
      }
      return work;
    };
    expect(await settled(readBack(source, [FILL], time, 5000))).toMatchObject({ complete: 1 });
    expect(reads).toBe(3);
    reads = -1000;
    expect(await settled(readBack(source, [FILL], time, 1000))).toMatchObject({ complete: 0 });
    expect(reads).toBe(-995);
  });
});
