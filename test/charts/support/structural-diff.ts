import type { KubeObject } from "./objects.ts";

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

const show = (value: unknown): string => JSON.stringify(value);

function compare(before: unknown, after: unknown, path: string): string[] {
  if (Object.is(before, after)) return [];
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => {
      const inner = path === "" ? key : `${path}.${key}`;
      if (!Object.hasOwn(before, key)) return [`  + ${inner}: ${show(after[key])}`];
      if (!Object.hasOwn(after, key)) return [`  - ${inner}: ${show(before[key])}`];
      return compare(before[key], after[key], inner);
    });
  }
  const lines = typeof before === "string" && typeof after === "string" ? changedLines(before, after) : [];
  if (lines.length > 0) return [`  ${path}:`, ...lines.map((line) => `    ${line}`)];
  return [`  - ${path}: ${show(before)}`, `  + ${path}: ${show(after)}`];
}

/** Of files: the lines that are only in one of the two. Nothing for texts of one line. */
function changedLines(before: string, after: string): readonly string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  if (old.length === 1 && now.length === 1) return [];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

const nameOf = (object: KubeObject): string => `${object.kind}/${object.metadata.name}`;

/** What differs between two manifests, object by object and field by field, for people to read. */
export function structuralDiff(before: readonly KubeObject[], after: readonly KubeObject[]): string {
  const old = new Map(before.map((object) => [nameOf(object), object]));
  const now = new Map(after.map((object) => [nameOf(object), object]));
  const lines = [...new Set([...old.keys(), ...now.keys()])].toSorted().flatMap((name) => {
    const [one, other] = [old.get(name), now.get(name)];
    if (other === undefined) return [`- ${name}`];
    if (one === undefined)
      return [
        `+ ${name}`,
        ...JSON.stringify(other, undefined, 2)
          .split("\n")
          .map((line) => `  ${line}`),
      ];
    const changes = compare(one, other, "");
    return changes.length === 0 ? [] : [`~ ${name}`, ...changes];
  });
  return `${lines.join("\n")}\n`;
}
