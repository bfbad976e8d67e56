import { describe, expect, test } from "vitest";

import { apiProblems } from "./support/api-schemas.ts";
import { PROFILES, TOGGLES } from "./support/cases.ts";
import { find, objectsOf } from "./support/objects.ts";

const cases = [...Object.entries(PROFILES), ...Object.entries(TOGGLES).map(([name, { to }]) => [name, to] as const)];

describe("the Kubernetes API accepts what is rendered", () => {
  test.each(cases)("%s", async (_name, what) => {
    const objects = await objectsOf(what);
    expect(objects.flatMap(apiProblems)).toEqual([]);
    expect(objects.length).toBeGreaterThan(2);
  });
});

describe("the check sees", () => {
  const deployment = async (): Promise<ReturnType<typeof find>> =>
    structuredClone(find(await objectsOf({ chart: "hedgelock" }), "Deployment", "hedgelock-risk"));

  test("a field that does not exist, at any depth", async () => {
    const object = await deployment();
    object["spec"] = { ...Object(object["spec"]), replicsa: 1, strategy: { type: "Recreate", maxSurge: 1 } };
    expect(apiProblems(object)).toEqual([
      "Deployment/hedgelock-risk/spec/strategy/maxSurge: no such field",
      "Deployment/hedgelock-risk/spec/replicsa: no such field",
    ]);
  });

  test("a wrong type", async () => {
    const object = await deployment();
    object["spec"] = { ...Object(object["spec"]), replicas: "two" };
    expect(apiProblems(object)).toEqual([expect.stringMatching(/^Deployment\/hedgelock-risk: .*replicas/)]);
  });

  test("a kind or version that is not served", async () => {
    const object = { ...(await deployment()), apiVersion: "extensions/v1beta1" };
    expect(apiProblems(object)).toEqual([
      "Deployment/hedgelock-risk: there is no schema for extensions/v1beta1/Deployment",
    ]);
  });
});
