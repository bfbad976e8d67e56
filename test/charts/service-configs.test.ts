import { describe, expect, test } from "vitest";
import { z } from "zod";

import { collectorConfig } from "../../services/collector/src/config.ts";
import { hedgerConfig } from "../../services/hedger/src/config.ts";
import { paperConfig } from "../../services/paper/src/config.ts";
import { riskConfig } from "../../services/risk/src/config.ts";
import { PROFILES, TOGGLES } from "./support/cases.ts";
import { objectsOf, type KubeObject } from "./support/objects.ts";

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  collector: collectorConfig,
  risk: riskConfig,
  hedger: hedgerConfig,
  paper: paperConfig,
};
const COMMON = {
  http: { host: "0.0.0.0", port: 8080 },
  log: { level: expect.any(String) },
  shutdownBudgetMs: expect.any(Number),
};

const withFiles = z.looseObject({
  data: z.record(z.string(), z.string()).optional(),
  stringData: z.record(z.string(), z.string()).optional(),
});

function configsOf(
  objects: readonly KubeObject[],
): readonly { readonly service: string; readonly config: Record<string, unknown> }[] {
  return objects.flatMap((object) => {
    const { data, stringData } = withFiles.parse(object);
    const text = data?.["config.json"] ?? stringData?.["config.json"];
    if (text === undefined) return [];
    const service = object.metadata.labels?.["app.kubernetes.io/name"] ?? "";
    return [{ service, config: z.record(z.string(), z.unknown()).parse(JSON.parse(text)) }];
  });
}

const cases = [...Object.entries(PROFILES), ...Object.entries(TOGGLES).map(([name, { to }]) => [name, to] as const)];

describe("every configuration that is rendered is one the service starts with", () => {
  test.each(cases)("%s", async (_name, what) => {
    for (const { service, config } of configsOf(await objectsOf(what))) {
      const { http, log, shutdownBudgetMs, ...own } = config;
      expect({ http, log, shutdownBudgetMs }).toEqual(COMMON);
      const problems = SCHEMAS[service]?.safeParse(own).error?.issues ?? [];
      expect(problems, service).toEqual([]);
      expect(Object.keys(SCHEMAS)).toContain(service);
    }
  });

  test("the default profile configures all four services", async () => {
    const services = configsOf(await objectsOf({ chart: "hedgelock" })).map(({ service }) => service);
    expect(services.toSorted()).toEqual(["collector", "hedger", "paper", "risk"]);
  });
});
