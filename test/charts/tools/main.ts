import { writeFile } from "node:fs/promises";
import process from "node:process";

import { generatedFiles } from "./generated-files.ts";

/** Writes what is made from the code into charts/. A test says when it is stale. */
for (const { path, name, content } of await generatedFiles()) {
  await writeFile(path, content);
  process.stdout.write(`${name}\n`);
}
