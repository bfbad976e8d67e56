import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { parse } from "yaml";
import { z } from "zod";

import { crashesFile } from "./crashes.ts";
import { permissionsFile } from "./permissions.ts";
import { CHARTS, INTROS } from "./intros.ts";
import { readme } from "./readme.ts";
import { CHART_SCHEMAS } from "./schema/charts.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const chartMeta = z.object({ name: z.string(), description: z.string() });

/** A file that is made from something else, and must never be edited. */
export interface GeneratedFile {
  /** Absolute. */
  readonly path: string;
  /** From the root of the repository. */
  readonly name: string;
  readonly content: string;
}

function file(name: string, content: string): GeneratedFile {
  return { path: `${ROOT}${name}`, name, content };
}

async function chartFiles(chart: (typeof CHARTS)[number]): Promise<readonly GeneratedFile[]> {
  const read = async (name: string): Promise<string> => readFile(`${ROOT}charts/${chart}/${name}`, "utf8");
  const { name, description } = chartMeta.parse(parse(await read("Chart.yaml")));
  const schema = { $schema: "http://json-schema.org/draft-07/schema#", ...CHART_SCHEMAS[chart] };
  return [
    file(`charts/${chart}/README.md`, readme(name, description, INTROS[chart], await read("values.yaml"))),
    file(`charts/${chart}/values.schema.json`, `${JSON.stringify(schema, undefined, 1)}\n`),
  ];
}

/** Everything below charts/ that is made from the code: schemas, READMEs, crashes, permissions. */
export async function generatedFiles(): Promise<readonly GeneratedFile[]> {
  const charts = await Promise.all(CHARTS.map(chartFiles));
  return [
    ...charts.flat(),
    file("charts/nats/files/permissions.json", permissionsFile()),
    file("charts/paper/files/crashes.json", await crashesFile()),
  ];
}
