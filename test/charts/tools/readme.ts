import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from "yaml";

/** One value of a chart, as its README lists it. */
export interface DocumentedValue {
  readonly path: string;
  readonly default: string;
  readonly description: string;
}

/** The comment before a key: lines from `# -- ` on, as helm-docs reads them. */
function descriptionOf(comment: string | null | undefined): string | undefined {
  if (comment === null || comment === undefined) return undefined;
  const lines = comment.split("\n").map((line) => line.trim());
  const start = lines.findLastIndex((line) => line.startsWith("-- "));
  if (start < 0) return undefined;
  return [lines[start]?.slice(3), ...lines.slice(start + 1)].join(" ").trim();
}

function join(path: string, key: string): string {
  const part = /^[A-Za-z0-9_-]+$/.test(key) ? key : `"${key}"`;
  return path === "" ? part : `${path}.${part}`;
}

function walk(map: YAMLMap, path: string, first: string | undefined): DocumentedValue[] {
  return map.items.flatMap((pair: Pair, index) => {
    const { key, value } = pair;
    if (!isScalar(key)) throw new Error(`${path}: a key is not a word`);
    const where = join(path, String(key.value));
    // The parser hangs the comment before a map's first key on the map.
    const comment = index === 0 ? (key.commentBefore ?? first) : key.commentBefore;
    const description = descriptionOf(comment);
    if (description !== undefined) {
      const plain: unknown =
        isScalar(value) || value === null ? (value?.value ?? null) : (value as { toJSON(): unknown }).toJSON();
      return [{ path: where, default: JSON.stringify(plain), description }];
    }
    if (isMap(value)) return walk(value, where, value.commentBefore ?? undefined);
    throw new Error(`${where} has no description: write "# -- …" above it`);
  });
}

/** Every documented value of a values.yaml, in its order. @throws Error for a value without a description */
export function documentedValues(valuesYaml: string): readonly DocumentedValue[] {
  const { contents, commentBefore } = parseDocument(valuesYaml);
  if (!isMap(contents)) throw new Error("values.yaml must hold a map");
  return walk(contents, "", contents.commentBefore ?? commentBefore ?? undefined);
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** The README of a chart. @param intro prose between the title and the table */
export function readme(name: string, description: string, intro: string, valuesYaml: string): string {
  const rows = documentedValues(valuesYaml).map(
    (value) => `| \`${value.path}\` | \`${cell(value.default)}\` | ${cell(value.description)} |`,
  );
  return [
    `# ${name}`,
    "",
    description,
    "",
    intro.trim(),
    "",
    "## Values",
    "",
    "| value | default | |",
    "|---|---|---|",
    ...rows,
    "",
    "Made from `values.yaml` by `npm run generate`.",
    "",
  ].join("\n");
}
