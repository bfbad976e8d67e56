import { readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** What ts-proto exports for its own use. */
const NOT_OURS = /^(protobuf\w*|MessageFns)$/;

/**
 * The messages and enums that a generated file exports, in its order.
 * @param {string} source
 * @returns {{values: string[], types: string[]}} types have no value of the same name
 */
export function exportedNames(source) {
  const interfaces = [];
  const values = new Set();
  for (const [, kind, name] of source.matchAll(/^export (interface|const) (\w+)/gm)) {
    if (NOT_OURS.test(name)) continue;
    if (kind === "const") values.add(name);
    if (!interfaces.includes(name)) interfaces.push(name);
  }
  return {
    values: interfaces.filter((name) => values.has(name)),
    types: interfaces.filter((name) => !values.has(name)),
  };
}

/** All generated files below `folder`, sorted. */
export function generatedFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name))
    .toSorted();
}

/**
 * The text of lib/contracts/src/messages.ts: every message and enum, from the file it was generated into.
 * @param {string} folder lib/contracts/src/gen, or a copy
 */
export function messagesIndex(folder) {
  const clause = (keyword, names, path) =>
    names.length === 0 ? "" : `${keyword} {\n${names.map((name) => `  ${name},\n`).join("")}} from "${path}";\n`;
  return generatedFiles(folder)
    .map((file) => {
      const path = `./gen/${relative(folder, file).split(sep).join("/")}`;
      const { values, types } = exportedNames(readFileSync(file, "utf8"));
      return clause("export", values, path) + clause("export type", types, path);
    })
    .join("");
}
