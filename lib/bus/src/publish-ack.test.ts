import fc from "fast-check";
import { expect, it } from "vitest";

import { parseAck } from "./publish-ack.ts";
import { bytes } from "./testing/messages.ts";

const parse = (json: string): ReturnType<typeof parseAck> => parseAck(bytes(json));

it("reads acknowledgements, duplicates and refusals", () => {
  expect(parse('{"stream":"MD","seq":7}')).toEqual({ kind: "stored", stream: "MD", seq: 7, duplicate: false });
  expect(parse('{"stream":"MD","domain":"d","seq":7,"duplicate":true}')).toMatchObject({ duplicate: true });
  expect(
    parse('{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 4"},"stream":"A","seq":0}'),
  ).toEqual({ kind: "refused", status: 400, code: 10071, description: "wrong last sequence: 4" });
  expect(parse('{"error":{}}')).toEqual({ kind: "refused", status: 0, code: 0, description: "no description" });
});

it("takes nothing else for an acknowledgement", () => {
  for (const body of ["", "{", "null", "7", "[]", "{}", '{"stream":"A"}', '{"stream":"A","seq":0}', '{"seq":1}']) {
    expect(parse(body)).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.uint8Array(), (body) => {
      expect(parseAck(body)?.kind).not.toBe("stored");
    }),
  );
});
