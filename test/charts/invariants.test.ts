import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { apiProblems } from "./support/api-schemas.ts";
import { PROFILES, TOGGLES } from "./support/cases.ts";
import { releaseName, umbrellaValues } from "./support/generated-values.ts";
import { broken } from "./support/invariants.ts";
import { find, objectsOf, podsOf, type KubeObject } from "./support/objects.ts";

/** Each run is a run of helm: a few hundred milliseconds. */
const RUNS = 25;

const cases = [...Object.entries(PROFILES), ...Object.entries(TOGGLES).map(([name, { to }]) => [name, to] as const)];

describe("security and labels hold", () => {
  test.each(cases)("in %s", async (name, what) => {
    const policies = !name.includes("without-network-polic");
    expect(broken(await objectsOf(what), { policies, watched: name === "tilt" })).toEqual([]);
  });

  test("for whatever values are allowed", async () => {
    await fc.assert(
      fc.asyncProperty(umbrellaValues, releaseName, async (values, release) => {
        const { networkPolicy, dev } = values.global;
        const objects = await objectsOf({
          chart: "hedgelock",
          values,
          release,
          apiVersions: ["monitoring.coreos.com/v1/ServiceMonitor"],
        });
        expect(objects.flatMap(apiProblems)).toEqual([]);
        expect(broken(objects, { policies: networkPolicy.enabled, watched: dev.watch })).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("keys and passwords go to those who need them", () => {
  const secretsOf = (objects: readonly KubeObject[]): Record<string, readonly string[]> =>
    Object.fromEntries(
      podsOf(objects)
        .filter(({ kind }) => kind !== "Pod")
        .map(({ labels, spec }) => [
          labels["app.kubernetes.io/name"] ?? "",
          spec.volumes.flatMap(({ secret }) => (secret === undefined ? [] : [`${secret.secretName}${items(secret)}`])),
        ]),
    );
  const items = (secret: unknown): string =>
    z
      .looseObject({ items: z.array(z.object({ key: z.string() })).default([]) })
      .parse(secret)
      .items.map(({ key }) => `:${key}`)
      .join("");

  test("in development", async () => {
    expect(secretsOf(await objectsOf({ chart: "hedgelock" }))).toEqual({
      collector: ["hedgelock-nats-users:collector", "hedgelock-paper-read-keys"],
      hedger: ["hedgelock-nats-users:hedger", "hedgelock-paper-trade-keys"],
      risk: ["hedgelock-nats-users:risk"],
      provision: ["hedgelock-nats-users:provision"],
      paper: ["hedgelock-paper"],
      nats: [],
      jaeger: [],
    });
  });

  test("in production", async () => {
    const production = PROFILES["production-three-nats"] ?? { chart: "hedgelock" };
    expect(secretsOf(await objectsOf(production))).toEqual({
      collector: ["hedgelock-nats:collector", "hedgelock-read-keys"],
      hedger: ["hedgelock-nats:hedger", "hedgelock-trade-keys"],
      risk: ["hedgelock-nats:risk"],
      provision: ["hedgelock-nats:provision"],
      nats: [],
    });
  });
});

describe("who may speak to whom", () => {
  const rule = z.looseObject({
    to: z.array(z.unknown()).optional(),
    ports: z.array(z.looseObject({ port: z.union([z.int(), z.string()]) })),
  });
  const egress = z.looseObject({ egress: z.array(rule).default([]) });
  const peer = z.looseObject({
    podSelector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }).optional(),
    ipBlock: z.looseObject({ cidr: z.string() }).optional(),
  });

  const goesTo = (objects: readonly KubeObject[], name: string): readonly string[] =>
    egress.parse(find(objects, "NetworkPolicy", name)["spec"]).egress.flatMap(({ to = [{}], ports }) =>
      to.flatMap((one) => {
        const { podSelector, ipBlock } = peer.parse(one);
        const labels = podSelector?.matchLabels ?? {};
        const where = labels["app.kubernetes.io/name"] ?? labels["k8s-app"] ?? ipBlock?.cidr ?? "a namespace";
        return ports.map(({ port }) => `${where}:${port}`);
      }),
    );

  test("in development", async () => {
    const objects = await objectsOf({ chart: "hedgelock" });
    const dns = ["kube-dns:53", "kube-dns:53"];
    expect(goesTo(objects, "hedgelock-risk")).toEqual([...dns, "nats:4222", "jaeger:4318"]);
    expect(goesTo(objects, "hedgelock-collector")).toEqual([...dns, "nats:4222", "paper:8090", "jaeger:4318"]);
    expect(goesTo(objects, "hedgelock-hedger")).toEqual([...dns, "nats:4222", "paper:8090", "jaeger:4318"]);
    expect(goesTo(objects, "hedgelock-provision")).toEqual([...dns, "nats:4222"]);
    expect(goesTo(objects, "hedgelock-nats")).toEqual([...dns, "nats:cluster"]);
    expect(goesTo(objects, "hedgelock-paper")).toEqual(dns);
    expect(goesTo(objects, "hedgelock-jaeger")).toEqual([]);
    expect(goesTo(objects, "hedgelock-default-deny")).toEqual([]);
  });

  test("in production: the exchange by https alone, the risk engine not at all", async () => {
    const objects = await objectsOf(PROFILES["production"] ?? { chart: "hedgelock" });
    expect(goesTo(objects, "hedgelock-hedger")).toContain("0.0.0.0/0:443");
    expect(goesTo(objects, "hedgelock-risk").filter((to) => to.startsWith("0.0.0.0/0"))).toEqual([]);
  });
});

test("the checks see a pod that breaks the rules", async () => {
  const objects = structuredClone(await objectsOf({ chart: "hedgelock" }));
  const risk = find(objects, "Deployment", "hedgelock-risk");
  const spec = z
    .looseObject({
      template: z.looseObject({
        metadata: z.unknown(),
        spec: z.looseObject({ containers: z.array(z.looseObject({})) }),
      }),
    })
    .parse(risk["spec"]);
  spec.template.spec["automountServiceAccountToken"] = true;
  spec.template.spec["hostNetwork"] = true;
  const [container] = spec.template.spec.containers;
  if (container !== undefined)
    Object.assign(container, { image: "x:latest", securityContext: {}, readinessProbe: undefined });
  spec.template.metadata = {
    labels: { "app.kubernetes.io/name": "hedger", "app.kubernetes.io/instance": "hedgelock" },
  };
  risk["spec"] = spec;
  expect(broken(objects)).toEqual(
    expect.arrayContaining([
      "Deployment/hedgelock-risk: shares a namespace with the node",
      "Deployment/hedgelock-risk: gets a token of the API",
      "Deployment/hedgelock-risk: risk: may gain privileges",
      "Deployment/hedgelock-risk: risk: has a writable root",
      "Deployment/hedgelock-risk: risk: image x:latest is not pinned",
      "Deployment/hedgelock-risk: risk lacks a probe",
      "Deployment/hedgelock-risk selects nothing",
    ]),
  );
});
