import { existsSync, readFileSync, readdirSync } from "node:fs";
import process from "node:process";

import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { KUBE_VERSION, ROOT, helm } from "./support/helm.ts";
import { parseManifest, podsOf, type Pod } from "./support/objects.ts";
import { evaluateTiltfile, interpreters, type TiltCall } from "./support/tiltfile.ts";

const [best] = interpreters;
const required = process.env["HEDGELOCK_REQUIRE_TILTFILE"] === "1";

const helmCall = z.object({
  chart: z.string(),
  name: z.string(),
  namespace: z.string(),
  values: z.array(z.string()),
  set: z.array(z.string()),
});
const step = z.object({
  step: z.string(),
  local: z.string().optional(),
  remote: z.string().optional(),
  files: z.array(z.string()).optional(),
});
const build = z.object({
  ref: z.string(),
  live_update: z.array(step),
  only: z.array(z.string()).optional(),
  deps: z.array(z.string()).optional(),
  target: z.string().optional(),
  command: z.string().optional(),
});
const resource = z.object({
  workload: z.string(),
  port_forwards: z.array(z.object({ container: z.int() })),
  resource_deps: z.array(z.string()),
  labels: z.array(z.string()),
});
const localResource = z.object({
  name: z.string(),
  cmd: z.union([z.string(), z.array(z.string())]),
  resource_deps: z.array(z.string()),
  deps: z.array(z.string()).nullable(),
});

const argumentsOf = <T>(calls: readonly TiltCall[], builtin: string, schema: z.ZodType<T>): T[] =>
  calls.filter((call) => call.builtin === builtin).map((call) => schema.parse(call.arguments));

/** Renders as Tilt does: every helm() call, hooks of `helm test` left out. */
async function rendered(calls: readonly TiltCall[]): Promise<readonly Pod[]> {
  const yaml = argumentsOf(calls, "k8s_yaml", z.object({ yaml: z.unknown() })).map(({ yaml: one }) => one);
  const texts = await Promise.all(
    yaml.map(async (one) => {
      if (typeof one === "string") return readFileSync(`${ROOT}${one}`, "utf8");
      const { chart, name, namespace, values, set } = helmCall.parse(one);
      const files = values.flatMap((file) => ["--values", file]);
      const sets = set.flatMap((value) => ["--set", value]);
      const { ok, stdout, stderr } = await helm([
        "template",
        name,
        chart,
        "--namespace",
        namespace,
        "--kube-version",
        KUBE_VERSION,
        ...files,
        ...sets,
      ]);
      expect(ok, stderr).toBe(true);
      return stdout;
    }),
  );
  const objects = texts.flatMap(parseManifest);
  return podsOf(objects.filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"] === undefined));
}

const workloadName = (pod: Pod): string => pod.owner.split("/")[1] ?? "";
const repository = (image: string): string => image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");

const NOT_CHECKED =
  "the Tiltfile was NOT checked: there is neither starlark (go install go.starlark.net/cmd/starlark@latest) nor python3";

if (best === undefined) process.stderr.write(`${NOT_CHECKED}\n`);

test("the Tiltfile can be evaluated here", ({ skip }) => {
  skip(best === undefined && !required, NOT_CHECKED);
  expect(best, NOT_CHECKED).toBeDefined();
});

function interpreter(): (typeof interpreters)[number] {
  if (best === undefined) throw new Error(NOT_CHECKED);
  return best;
}

describe.runIf(best !== undefined)(`the Tiltfile, evaluated by ${best?.name ?? "nothing"}`, () => {
  let pods: readonly Pod[] = [];
  let calls: readonly TiltCall[] = [];
  const evaluate = (environment: Readonly<Record<string, string>> = {}): readonly TiltCall[] =>
    evaluateTiltfile(interpreter(), { environment, workloads: pods.map(workloadName) });

  beforeAll(async () => {
    pods = await rendered(evaluate());
    calls = evaluate();
  });

  test("builds exactly our own images of the rendering", () => {
    const ours = new Set(
      pods.flatMap(({ spec }) => [...spec.initContainers, ...spec.containers]).map(({ image }) => repository(image)),
    );
    const built = argumentsOf(calls, "docker_build", build).map(({ ref }) => ref);
    expect(built.toSorted()).toEqual([...ours].filter((image) => image.startsWith("hedgelock/")).toSorted());
    expect(built.length).toBeGreaterThan(0);
  });

  test("configures every workload by the name that Tilt gives it, and nothing else", () => {
    const [names] = argumentsOf(
      calls,
      "workload_to_resource_function",
      z.object({ names: z.record(z.string(), z.string()) }),
    );
    const configured = argumentsOf(calls, "k8s_resource", resource).map(({ workload }) => workload);
    expect(configured.toSorted()).toEqual(Object.values(names?.names ?? {}).toSorted());
  });

  test("depends only on what there is, without going round in circles", () => {
    const all = [
      ...argumentsOf(calls, "k8s_resource", resource).map(
        ({ workload, resource_deps }) => [workload, resource_deps] as const,
      ),
      ...argumentsOf(calls, "local_resource", localResource).map(
        ({ name, resource_deps }) => [name, resource_deps] as const,
      ),
    ];
    const started = new Set<string>();
    for (let left = [...all]; left.length > 0;) {
      const ready = left.filter(([, needs]) => needs.every((need) => started.has(need)));
      expect(ready, `these wait for what never comes: ${JSON.stringify(left)}`).not.toEqual([]);
      for (const [name] of ready) started.add(name);
      left = left.filter(([name]) => !started.has(name));
    }
    expect(started.size).toBe(all.length);
  });

  test("forwards to ports that the pods have", () => {
    for (const { workload, port_forwards } of argumentsOf(calls, "k8s_resource", resource)) {
      const pod = pods.find((one) => workloadName(one).startsWith(`hedgelock-${workload}`));
      const ports =
        pod?.spec.containers.flatMap((container) => container.ports.map(({ containerPort }) => containerPort)) ?? [];
      expect(ports).toEqual(expect.arrayContaining(port_forwards.map(({ container }) => container)));
    }
  });

  test("shows every resource under a label", () => {
    const labels = calls.filter(({ builtin }) => builtin.endsWith("_resource")).map((call) => call.arguments["labels"]);
    expect(labels.every((label) => Array.isArray(label) && label.length > 0)).toBe(true);
  });

  test("replaces folders that are in the image, and rebuilds when packages change", () => {
    const [image, job] = argumentsOf(calls, "docker_build", build);
    const steps = image?.live_update ?? [];
    expect(steps[0]?.step).toBe("fall_back_on");
    const workspaces = ["lib", "services"].flatMap((folder) =>
      readdirSync(`${ROOT}${folder}`).map((name) => `${folder}/${name}/package.json`),
    );
    expect(steps[0]?.files?.filter((file) => file.includes("/")).toSorted()).toEqual(workspaces.toSorted());
    const synced = steps.filter((one) => one.step === "sync");
    expect(synced.map(({ local, remote }) => `${local} ${remote}`)).toEqual(["lib /app/lib", "services /app/services"]);
    for (const file of steps[0]?.files ?? [])
      expect(
        image?.only?.some((path) => file === path || file.startsWith(`${path}/`)),
        file,
      ).toBe(true);
    expect(readFileSync(`${ROOT}Dockerfile`, "utf8")).toMatch(/^WORKDIR \/app$/m);
    expect(job?.live_update).toEqual([]);
  });

  test("names only files that exist and scripts that npm has", () => {
    const builds = argumentsOf(calls, "docker_build", build);
    const paths = builds.flatMap(({ only = [] }) => only);
    expect(paths.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
    const scripts = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"))).scripts;
    for (const { cmd, deps } of argumentsOf(calls, "local_resource", localResource)) {
      expect((deps ?? []).filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
      if (typeof cmd !== "string") continue;
      const [, script = "none"] = /^npm (?:run )?(\w+)/.exec(cmd) ?? [];
      expect(Object.keys(scripts)).toContain(script);
    }
  });

  test("the builder's target is a stage of the Dockerfile", () => {
    const stages = [...readFileSync(`${ROOT}Dockerfile`, "utf8").matchAll(/^FROM \S+ AS (\w+)$/gm)].map(
      ([, name]) => name,
    );
    for (const { target } of argumentsOf(calls, "docker_build", build)) expect(stages).toContain(target);
  });

  test("another builder, another base, another context, images that are there already", async () => {
    const environment = {
      HEDGELOCK_BUILD_IMAGE: "/opt/build-image",
      HEDGELOCK_NODE_BASE: "local/node:24",
      HEDGELOCK_K8S_CONTEXT: "desk",
      HEDGELOCK_NATS_IMAGE: "local:5000/nats:v1",
      HEDGELOCK_JAEGER_IMAGE: "local/jaeger:v2",
    };
    const other = evaluate(environment);
    expect(argumentsOf(other, "docker_build", build)).toEqual([]);
    const [image] = argumentsOf(other, "custom_build", build);
    expect(image?.command).toBe(
      `/opt/build-image -t "$EXPECTED_REF" -f Dockerfile --target dev --build-arg 'NODE_BASE=local/node:24' .`,
    );
    expect(other).toContainEqual({ builtin: "allow_k8s_contexts", arguments: { contexts: "desk" } });
    const custom = other.filter(({ builtin }) => builtin === "custom_build");
    expect(custom.map((call) => [call.arguments["disable_push"], call.arguments["skips_local_docker"]])).toEqual([
      [true, true],
      [true, true],
    ]);
    const images = (await rendered(other)).flatMap(({ spec }) => spec.containers.map((container) => container.image));
    expect(images).toEqual(expect.arrayContaining(["local:5000/nats:v1", "local/jaeger:v2"]));
  });

  test("a parameter that Tilt does not have is an error", () => {
    const append = "k8s_resource('nats', label = ['x'])";
    expect(() => evaluateTiltfile(interpreter(), { environment: {}, workloads: [], append })).toThrow(/label/);
  });
});

test.runIf(interpreters.length > 1)("both interpreters read the Tiltfile in the same way", () => {
  const options = { environment: {}, workloads: ["hedgelock-risk"] };
  const [first, second] = interpreters.map((each) => evaluateTiltfile(each, options));
  expect(first).toEqual(second);
});
