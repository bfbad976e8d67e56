import { STREAMS } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { NATS_RIGHTS, NATS_USERS, natsPermissions } from "./permissions.ts";
import { subjectMatches } from "./subject-match.ts";

const publishers = (subject: string): readonly string[] =>
  NATS_USERS.filter((user) => natsPermissions(user).publish.some((pattern) => subjectMatches(pattern, subject)));

describe("the permissions of our users", () => {
  it("let exactly one service write each stream, and each service its own heartbeat", () => {
    expect(publishers("md.bybit.linear.BTCUSDT")).toEqual(["collector"]);
    expect(publishers("acct.3.a.wallet")).toEqual(["collector"]);
    expect(publishers("exec.3.a")).toEqual(["collector"]);
    expect(publishers("risk.3.a")).toEqual(["risk"]);
    expect(publishers("hedge.3.a")).toEqual(["hedger"]);
    expect(publishers("hb.risk.3")).toEqual(["risk"]);
    expect(publishers("hb.hedger.3")).toEqual([]);
  });

  it("let a service put aside messages of the streams it follows, and of no other", () => {
    const followed = STREAMS.map(({ name }) => [name, publishers(`dlq.${name}`)] as const);
    for (const [name, users] of followed) {
      for (const user of users) expect(NATS_RIGHTS[user as keyof typeof NATS_RIGHTS].consumes).toContain(name);
    }
    expect(Object.fromEntries(followed)).toEqual({
      MD: ["risk"],
      ACCT: ["risk", "hedger"],
      EXEC: ["hedger"],
      RISK: ["hedger"],
      HEDGE: [],
      DLQ: [],
    });
  });

  it.each(NATS_USERS)("give %s its own inboxes and no wide open subject", (user) => {
    const { publish, subscribe } = natsPermissions(user);
    expect(subscribe).toContain(`_IB.${user}.>`);
    expect(subscribe.filter((subject) => subject.startsWith("_IB.") || /^[>*$]/.test(subject))).toEqual([
      `_IB.${user}.>`,
    ]);
    expect(publish.filter((subject) => /^(>|\*|_IB|\$KV|\$SYS)|^\$JS\.API\.[*>]/.test(subject))).toEqual([]);
  });

  it("let only the provisioner create and change streams, ours alone, and nobody delete or purge any", () => {
    for (const { name } of STREAMS) {
      expect(publishers(`$JS.API.STREAM.CREATE.${name}`)).toEqual(["provision"]);
      expect(publishers(`$JS.API.STREAM.UPDATE.${name}`)).toEqual(["provision"]);
      for (const verb of ["DELETE", "PURGE", "MSG.DELETE", "SNAPSHOT", "RESTORE", "LEADER.STEPDOWN", "PEER.REMOVE"]) {
        expect(publishers(`$JS.API.STREAM.${verb}.${name}`)).toEqual([]);
      }
    }
    expect(publishers("$JS.API.STREAM.CREATE.OTHER")).toEqual([]);
  });
});
