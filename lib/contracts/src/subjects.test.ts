import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  ACCOUNT_KINDS,
  CATEGORIES,
  accountSubject,
  deadLetterSubject,
  executionSubject,
  heartbeatSubject,
  hedgeSubject,
  marketSubject,
  parseSubject,
  partitionFilter,
  riskSubject,
} from "./subjects.ts";
import { STREAMS } from "./streams.ts";
import { InvalidTokenError, isSubjectToken } from "./token.ts";

const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const partitions = fc.integer({ min: 1, max: 1024 });

/** Does a subject match a NATS filter? Written from the documentation of NATS, for `*` and `>` only. */
function matches(filter: string, subject: string): boolean {
  const want = filter.split(".");
  const have = subject.split(".");
  for (const [index, part] of want.entries()) {
    if (part === ">") return have.length > index;
    if (have[index] === undefined || (part !== "*" && part !== have[index])) return false;
  }
  return want.length === have.length;
}

describe("subjects", () => {
  it("round trip", () => {
    fc.assert(
      fc.property(
        token,
        token,
        partitions,
        fc.constantFrom(...CATEGORIES),
        fc.constantFrom(...ACCOUNT_KINDS),
        (account, symbol, p, category, kind) => {
          expect(parseSubject(marketSubject(account, category, symbol))).toEqual({
            family: "md",
            venue: account,
            category,
            symbol,
          });
          expect(parseSubject(accountSubject(account, kind, p))).toMatchObject({ family: "acct", account, kind });
          expect(parseSubject(executionSubject(account, p))).toMatchObject({ family: "exec", account });
          expect(parseSubject(riskSubject(account, p))).toMatchObject({ family: "risk", account });
          expect(parseSubject(hedgeSubject(account, p))).toMatchObject({ family: "hedge", account });
        },
      ),
    );
  });

  it("belong to exactly one stream and to their partition's filter", () => {
    fc.assert(
      fc.property(token, partitions, (account, p) => {
        for (const subject of [
          marketSubject("bybit", "linear", account),
          accountSubject(account, "loan", p),
          executionSubject(account, p),
          riskSubject(account, p),
          hedgeSubject(account, p),
          deadLetterSubject("MD"),
        ]) {
          const owners = STREAMS.filter((stream) => stream.subjects.some((filter) => matches(filter, subject)));
          expect(owners).toHaveLength(1);
        }
        const parsed = parseSubject(riskSubject(account, p));
        if (parsed?.family !== "risk") throw new Error("not a risk subject");
        expect(matches(partitionFilter("risk", parsed.partition), riskSubject(account, p))).toBe(true);
        expect(matches(partitionFilter("risk", parsed.partition + 1), riskSubject(account, p))).toBe(false);
        expect(matches(partitionFilter("acct", "*"), accountSubject(account, "loan", p))).toBe(true);
      }),
    );
  });

  it("cannot be widened by any name from outside", () => {
    const builders = [
      (name: string) => marketSubject(name, "linear", "BTCUSDT"),
      (name: string) => marketSubject("bybit", "spot", name),
      (name: string) => accountSubject(name, "wallet", 16),
      (name: string) => executionSubject(name, 16),
      (name: string) => riskSubject(name, 16),
      (name: string) => hedgeSubject(name, 16),
      (name: string) => deadLetterSubject(name),
      (name: string) => heartbeatSubject(name, 0),
    ];
    const hostile = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("", "*", ">", "a.b", "a.*", "a b", "a\r\nSUB >", "ä", "a\u0000", "x".repeat(65), "$JS", "risk.>"),
    );
    fc.assert(
      fc.property(hostile, fc.constantFrom(...builders), (name, build) => {
        if (isSubjectToken(name)) {
          expect(build(name)).not.toMatch(/[*>\s]/);
        } else {
          expect(() => build(name)).toThrow(InvalidTokenError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    "",
    "md.bybit.linear",
    "md.bybit.future.X",
    "acct.1.a.other",
    "risk.x.a",
    "risk.1.a.b",
    "foo.1.a",
    "hedge.12345.a",
  ])("%s is none of ours", (subject) => {
    expect(parseSubject(subject)).toBeUndefined();
  });
});
