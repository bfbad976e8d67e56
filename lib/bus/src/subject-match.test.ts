import fc from "fast-check";
import { expect, it } from "vitest";

import { subjectMatches } from "./subject-match.ts";

it("matches as NATS does", () => {
  expect(subjectMatches("a.*.c", "a.b.c")).toBe(true);
  expect(subjectMatches("a.*", "a.b.c")).toBe(false);
  expect(subjectMatches("a.>", "a.b.c")).toBe(true);
  expect(subjectMatches("a.>", "a")).toBe(false);
  expect(subjectMatches(">", "a")).toBe(true);
  expect(subjectMatches("a.b", "a.b.c")).toBe(false);
  expect(subjectMatches("a.b.c", "a.b")).toBe(false);
  expect(subjectMatches("a.*.c", "a..c")).toBe(true);
});

it("a filter made from a subject by wildcards matches it", () => {
  const token = fc.stringMatching(/^[a-z0-9]{1,3}$/);
  fc.assert(
    fc.property(fc.array(token, { minLength: 1, maxLength: 5 }), fc.array(fc.boolean()), (tokens, wild) => {
      const filter = tokens.map((each, index) => (wild[index] === true ? "*" : each)).join(".");
      expect(subjectMatches(filter, tokens.join("."))).toBe(true);
      expect(subjectMatches(`${filter}.x`, tokens.join("."))).toBe(false);
    }),
  );
});
