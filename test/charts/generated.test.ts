import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { generatedFiles } from "./tools/generated-files.ts";
import { documentedValues } from "./tools/readme.ts";

const files = await generatedFiles();

test.each(files)("$name is what the code makes of it; npm run generate", async ({ path, content }) => {
  expect(await readFile(path, "utf8")).toBe(content);
});

test("a value without a description is refused", () => {
  expect(() => documentedValues("# -- Yes.\na: 1\nb: 2\n")).toThrow('b has no description: write "# -- …" above it');
  expect(documentedValues("# -- One\n# and a half.\na: 1\nb:\n  # -- Two.\n  c: []\n")).toEqual([
    { path: "a", default: "1", description: "One and a half." },
    { path: "b.c", default: "[]", description: "Two." },
  ]);
});
