import { STREAMS } from "@hedgelock/contracts";
import type { StreamConfig } from "@nats-io/jetstream";
import { expect, it } from "vitest";

import { streamConfig, type WantedStream } from "./stream-config.ts";
import { describeDifferences, diffStream } from "./stream-diff.ts";

const [, , EXEC] = STREAMS;
if (EXEC === undefined) throw new Error("no EXEC");
const wants: WantedStream = streamConfig(EXEC, 1);

/** What a server reports for a stream made from `wants`, with some fields changed. */
function existing(changes: Partial<StreamConfig> = {}): StreamConfig {
  return {
    ...wants,
    sealed: false,
    first_seq: 0,
    allow_msg_counter: false,
    persist_mode: "default",
    discard_new_per_subject: false,
    mirror_direct: false,
    ...changes,
  };
}

const refused = (changes: Partial<StreamConfig>, isEmpty = false): readonly string[] =>
  diffStream(existing(changes), wants, isEmpty)
    .filter(({ refusedBecause }) => refusedBecause !== undefined)
    .map(({ field }) => field);
const repaired = (changes: Partial<StreamConfig>, isEmpty = false): readonly string[] =>
  diffStream(existing(changes), wants, isEmpty)
    .filter(({ refusedBecause }) => refusedBecause === undefined)
    .map(({ field }) => field);

it("sees no difference where there is none, whatever the order of subjects", () => {
  expect(diffStream(existing(), wants, false)).toEqual([]);
  const two = { ...wants, subjects: ["a", "b"] };
  expect(diffStream(existing({ subjects: ["b", "a"] }), two, false)).toEqual([]);
});

it("repairs what harms nothing", () => {
  expect(repaired({ description: "old", duplicate_window: 1 })).toEqual(["description", "duplicate_window"]);
  expect(repaired({ max_bytes: 1_000, max_age: 1 })).toEqual(["max_bytes", "max_age"]);
});

it("refuses what would lose or reinterpret stored messages", () => {
  expect(refused({ storage: "memory" })).toEqual(["storage"]);
  expect(refused({ retention: "workqueue" })).toEqual(["retention"]);
  expect(refused({ subjects: ["exec.>"] })).toEqual(["subjects"]);
  expect(refused({ discard: "new" })).toEqual(["discard"]);
  expect(refused({ max_bytes: -1 })).toEqual(["max_bytes"]);
  expect(refused({ max_age: 0 })).toEqual(["max_age"]);
  expect(refused({ num_replicas: 3 })).toEqual(["num_replicas"]);
  expect(refused({ deny_delete: true })).toEqual(["deny_delete"]);
  expect(refused({ sealed: true })).toEqual(["sealed"]);
  expect(refused({ mirror: { name: "OTHER" } })).toEqual(["mirror"]);
});

it("lets an empty stream shrink, but not change its nature", () => {
  expect(refused({ max_bytes: -1, max_age: 0 }, true)).toEqual([]);
  expect(refused({ storage: "memory" }, true)).toEqual(["storage"]);
});

it("describes each difference for a person", () => {
  const text = describeDifferences("EXEC", diffStream(existing({ storage: "memory", description: "" }), wants, false));
  expect(text).toContain("EXEC.storage: is memory, wanted file (it cannot be changed");
  expect(text).toContain("EXEC.description: is unset, wanted Order updates and executions (would be updated)");
});
