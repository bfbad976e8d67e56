import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { exportedNames, messagesIndex } from "./messages-index.mjs";
import { ROOT } from "./paths.mjs";

const GENERATED = `
export const protobufPackage = "hedgelock.v1";
export const Kind = { A: 1 } as const;
export type Kind = typeof Kind[keyof typeof Kind];
export namespace Kind { export type A = typeof Kind.A; }
export interface Tick { readonly price: string; }
interface Hidden { }
export interface OnlyAShape { }
export const Tick: MessageFns<Tick> = {};
export interface MessageFns<T> { }
`;

describe("the index of messages", () => {
  it("names messages and enums, each once, and what has no value as a type", () => {
    expect(exportedNames(GENERATED)).toEqual({ values: ["Kind", "Tick"], types: ["OnlyAShape"] });
  });

  it("lists the files in order, and is what is committed", () => {
    const base = mkdtempSync(join(tmpdir(), "hedgelock-index-"));
    try {
      mkdirSync(join(base, "a/v1"), { recursive: true });
      writeFileSync(join(base, "b.ts"), "export const B = 1;\n");
      writeFileSync(join(base, "a/v1/a.ts"), GENERATED);
      expect(messagesIndex(base)).toBe(
        'export {\n  Kind,\n  Tick,\n} from "./gen/a/v1/a.ts";\nexport type {\n  OnlyAShape,\n} from "./gen/a/v1/a.ts";\nexport {\n  B,\n} from "./gen/b.ts";\n',
      );
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
    expect(messagesIndex(join(ROOT, "lib/contracts/src/gen"))).toBe(
      readFileSync(join(ROOT, "lib/contracts/src/messages.ts"), "utf8"),
    );
  });
});
