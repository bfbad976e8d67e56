import { ATTRIBUTES } from "../registry/attributes.ts";
import { SPANS } from "../registry/spans.ts";

/** Between these lines of docs/tracing.md stands what {@link renderRegistry} gives. */
export const REGISTRY_BEGIN = "<!-- registry: generated from lib/telemetry/src/registry by npm test -- -u -->";
export const REGISTRY_END = "<!-- registry: end -->";

function rows(cells: readonly (readonly string[])[]): string {
  return cells.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}

/** The registry as two Markdown tables. */
export function renderRegistry(): string {
  const spans = Object.entries(SPANS).map(([name, { service, kind, parents, isRoot, description }]) => [
    `\`${name}\``,
    service,
    kind,
    [...parents.map((parent) => `\`${parent}\``), ...(isRoot && parents.length > 0 ? ["or begins a trace"] : [])].join(
      ", ",
    ) || "begins a trace",
    description,
  ]);
  const attributes = Object.entries(ATTRIBUTES).map(([name, { type, description }]) => [
    `\`${name}\``,
    type,
    description,
    Object.entries(SPANS)
      .filter(([, spec]) => spec.attributes.some((known) => known === name))
      .map(([span]) => `\`${span.split(" {")[0] ?? span}\``)
      .filter((span, index, all) => all.indexOf(span) === index)
      .join(", "),
  ]);
  return [
    "### Spans",
    "",
    rows([
      ["span", "service", "kind", "stands under", "from when to when"],
      ["---", "---", "---", "---", "---"],
      ...spans,
    ]),
    "",
    "### Attributes",
    "",
    rows([["attribute", "type", "meaning", "on"], ["---", "---", "---", "---"], ...attributes]),
  ].join("\n");
}

/** The page with the registry of today in its place. @throws Error when the page has no place for it */
export function withRegistry(page: string): string {
  const begin = page.indexOf(REGISTRY_BEGIN);
  const end = page.indexOf(REGISTRY_END);
  if (begin < 0 || end < begin) throw new Error("the page has no place for the registry");
  return `${page.slice(0, begin + REGISTRY_BEGIN.length)}\n\n${renderRegistry()}\n\n${page.slice(end)}`;
}
