import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { ROOT } from "./support/helm.ts";
import { CHARTS } from "./tools/intros.ts";

const read = (name: string): string => readFileSync(`${ROOT}${name}`, "utf8");
const chart = z.looseObject({
  version: z.string(),
  appVersion: z.string().optional(),
  dependencies: z.array(z.looseObject({ name: z.string(), version: z.string() })).default([]),
});
const chartOf = (name: string): z.infer<typeof chart> => chart.parse(parse(read(`charts/${name}/Chart.yaml`)));
const { version } = z.looseObject({ version: z.string() }).parse(JSON.parse(read("package.json")));
/** Charts of programs that are not ours, whose appVersion is that program's. */
const FOREIGN = ["nats", "jaeger"];

test.each(CHARTS)("charts/%s has the version of the project, and asks for parts of the same", (name) => {
  const { version: own, appVersion, dependencies } = chartOf(name);
  expect(own).toBe(version);
  expect(FOREIGN.includes(name) || appVersion === version).toBe(true);
  for (const { name: part, version: wanted } of dependencies)
    expect(chartOf(part === "hedgelock-lib" ? "lib" : part).version).toBe(wanted);
});

test("the image says the version of the project", () => {
  expect(read("Dockerfile")).toContain(`ARG VERSION=${version}\n`);
});
