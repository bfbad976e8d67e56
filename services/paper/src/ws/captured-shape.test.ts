import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, test } from "vitest";

import { dig, items } from "../testing/json.ts";
import { post, startTestPaper } from "../testing/paper-server.ts";
import type { TestPaper } from "../testing/paper-server.ts";
import { TestSocket } from "../testing/test-socket.ts";

const EXCERPT = fileURLToPath(new URL("../../../../lib/venue/fixtures/bybit-v5-public-excerpt.jsonl", import.meta.url));
const TOPICS = ["tickers.BTCUSDT", "orderbook.1.BTCUSDT"] as const;

let paper: TestPaper;
beforeEach(async () => {
  paper = await startTestPaper([65_000, 65_010.5, 64_990, 65_200.2, 65_100]);
});
afterEach(async () => {
  await paper[Symbol.asyncDispose]();
});

/** Frames of one kind of connection in the recording. */
function recorded(category: string, topic: string): readonly unknown[] {
  return readFileSync(EXCERPT, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))
    .filter((line) => dig(line, "category") === category)
    .map((line): unknown => JSON.parse(String(dig(line, "frame"))))
    .filter((frame) => dig(frame, "topic") === topic);
}

/** What a value is: a word for its type, and for decimals whether they are padded and how many places they have. */
function kindOf(value: unknown): string {
  if (typeof value !== "string") return Array.isArray(value) ? "list" : typeof value;
  if (/^-?\d+$/.test(value)) return "whole text";
  if (/^-?\d+\.\d+$/.test(value)) return "decimal text";
  return value === "" ? "empty text" : "word";
}

/** Keys in their order, and kinds of the fields by path; of a list the first entry counts. */
function fields(value: unknown, path = ""): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : fields(value[0], `${path}[]`);
  if (typeof value !== "object" || value === null) return [[path, kindOf(value)]];
  return Object.entries(value).flatMap(([key, inner]) => fields(inner, `${path}.${key}`));
}

/** All kinds that a field has in the recording, by path. */
function recordedKinds(frames: readonly unknown[]): ReadonlyMap<string, ReadonlySet<string>> {
  const kinds = new Map<string, Set<string>>();
  for (const [path, kind] of frames.flatMap((frame) => fields(frame))) {
    const known = kinds.get(path) ?? new Set();
    kinds.set(path, known.add(kind));
  }
  return kinds;
}

/** Numbers as text may lack their places when they are round: both kinds are decimals then. */
function asNumber(kind: string): string {
  return kind === "whole text" || kind === "decimal text" ? "number text" : kind;
}

test.each(["linear", "spot"])(
  "%s: our frames have the fields of the recorded ones, in their order and of their kind",
  async (category) => {
    const socket = await TestSocket.open(`${paper.wsUrl}/v5/public/${category}`);
    try {
      await socket.subscribe(...TOPICS);
      await post(paper, "/sim/replay", { action: "step", steps: 12 });
      for (const topic of TOPICS) {
        await socket.topic(topic, 3);
        const theirs = recorded(category, topic);
        const ours = socket.frames.filter((frame) => frame["topic"] === topic);
        const kinds = recordedKinds(theirs);
        const first = (frames: readonly unknown[]): readonly string[] => fields(frames[0]).map(([path]) => path);
        // The first frame is a whole snapshot on both sides: same fields, and for frames as received the same order.
        if (topic.startsWith("tickers")) expect(first(ours)).toEqual(first(theirs));
        else expect(first(ours).toSorted()).toEqual(first(theirs).toSorted());
        for (const [path, kind] of ours.flatMap((frame) => fields(frame))) {
          const known = [...(kinds.get(path) ?? [])];
          expect(known.map(asNumber), `${topic} ${path}`).toContain(asNumber(kind));
          // Where the recording always writes decimals, so do we: padded prices and sizes of contracts.
          if (category === "linear" && /Price$|Size$|Price24h$|\[\]$/.test(path) && known.join() === "decimal text")
            expect(kind, `${topic} ${path}`).toBe("decimal text");
        }
      }
    } finally {
      socket.close();
    }
  },
);

test("linear: prices and sizes of a delta have as many places as the recorded ones", async () => {
  const socket = await TestSocket.open(`${paper.wsUrl}/v5/public/linear`);
  try {
    await socket.subscribe("tickers.BTCUSDT");
    await post(paper, "/sim/replay", { action: "step", steps: 12 });
    await socket.topic("tickers.BTCUSDT", 3);
    const places = (frames: readonly unknown[], key: string): readonly number[] => [
      ...new Set(
        items(frames.map((frame) => dig(frame, "data", key)))
          .filter((text) => typeof text === "string")
          .map((text) => (text.split(".")[1] ?? "").length),
      ),
    ];
    const theirs = recorded("linear", "tickers.BTCUSDT");
    const ours = socket.frames.filter((frame) => frame["topic"] === "tickers.BTCUSDT");
    for (const key of ["lastPrice", "markPrice", "indexPrice", "bid1Price", "bid1Size", "ask1Price", "ask1Size"]) {
      expect(places(ours, key), key).toEqual(places(theirs, key));
    }
  } finally {
    socket.close();
  }
});
