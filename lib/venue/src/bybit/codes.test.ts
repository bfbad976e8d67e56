import fc from "fast-check";
import { expect, test } from "vitest";

import { CODE_TABLE, DEFINITE_REFUSALS, classOfCode } from "./codes.ts";
import { classifyCancel, classifyCreate } from "./create-outcome.ts";
import type { PostAnswer } from "./rest-client.ts";

const LINK = "hl-abc-1";
const T = 1_785_600_000_000;
const listed = new Set(CODE_TABLE.flatMap(([, codes]) => codes));

function answered(retCode: number, changes: { readonly status?: number; readonly result?: unknown } = {}): PostAnswer {
  return { kind: "answered", status: 200, retCode, message: "text", result: {}, timeMs: T, ...changes };
}

const DUPLICATES = [110072, 170141];

/** Written out by hand, apart from the table: which codes may ever end an intent as refused. */
const REFUSED = [
  110004, 110006, 110007, 110012, 110014, 110044, 110045, 110051, 110052, 110053, 170033, 170131, 131212, 148012,
  148029, 148037, 10001, 110003, 110009, 110017, 110020, 110032, 110057, 110064, 110092, 110093, 110094, 110120, 110121,
  170124, 170130, 170132, 170133, 170134, 170135, 170136, 170137, 170140, 170148, 170193, 170194, 170371, 170372,
  170381, 170382, 170810, 110005, 110011, 110013, 110021, 110022, 110023, 110024, 110028, 110029, 110039, 110040,
  110085, 110086, 110089, 110090, 30228, 110063, 110066, 110074, 110095, 170031, 170151, 170157, 10003, 10004, 10005,
  10007, 10008, 10009, 10010, 10024, 10027, 10028, 10029, 33004, -2015, 110123, 110124, 110125,
];

test.each(CODE_TABLE.flatMap(([codeClass, codes]) => codes.map((code) => [code, codeClass] as const)))(
  "code %i (%s) gives the outcome its class allows",
  (code) => {
    const { kind } = classifyCreate(answered(code), LINK);
    if (DUPLICATES.includes(code)) expect(kind).toBe("duplicate");
    else if (code === 10002) expect(kind).toBe("fenced");
    else expect(kind).toBe(REFUSED.includes(code) ? "rejected" : "unknown");
  },
);

test("every refusal written out here is in the table", () => {
  for (const code of REFUSED) {
    const codeClass = classOfCode(code);
    expect(codeClass !== undefined && DEFINITE_REFUSALS.has(codeClass), String(code)).toBe(true);
  }
});

test("a code nobody has listed is never a refusal, for orders and cancels", () => {
  fc.assert(
    fc.property(fc.integer({ min: -300_000, max: 300_000 }), (code) => {
      fc.pre(code !== 0 && !listed.has(code));
      expect(classifyCreate(answered(code), LINK).kind).toBe("unknown");
      expect(classifyCancel(answered(code), LINK).kind).toBe("unknown");
    }),
  );
});

test("no code refuses behind a server error", () => {
  for (const code of [...listed, 0]) {
    expect(classifyCreate(answered(code, { status: 502, result: { orderId: "x" } }), LINK).kind).toBe("unknown");
  }
});

test("acceptance needs an order id, and our own link id where one is echoed", () => {
  expect(classifyCreate(answered(0, { result: { orderId: "o1", orderLinkId: LINK } }), LINK)).toEqual({
    kind: "accepted",
    orderId: "o1",
    venueTimeMs: T,
  });
  for (const result of [
    undefined,
    null,
    {},
    { orderId: "" },
    { orderId: 7 },
    { orderId: "o1", orderLinkId: "other" },
  ]) {
    expect(classifyCreate(answered(0, { result }), LINK).kind).toBe("unknown");
  }
});

test("no answer is unknown and has no venue time", () => {
  expect(classifyCreate({ kind: "no_answer", reason: "no answer within 5 ms" }, LINK)).toEqual({
    kind: "unknown",
    reason: "no answer within 5 ms",
    venueTimeMs: undefined,
  });
});

test("cancelling an order that is gone is a definite answer, creating one that 'is gone' is not", () => {
  expect(classifyCancel(answered(110001), LINK).kind).toBe("rejected");
  expect(classifyCreate(answered(110001), LINK).kind).toBe("unknown");
});

test("no code stands in two rows", () => {
  expect(CODE_TABLE.flatMap(([, codes]) => codes).length).toBe(listed.size);
});
