import { z } from "zod";

import { must, run, type Finished } from "./command.ts";

const pod = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  status: z.looseObject({
    phase: z.string(),
    conditions: z
      .array(z.looseObject({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() }))
      .default([]),
    containerStatuses: z.array(z.looseObject({ restartCount: z.int() })).default([]),
  }),
});
const named = z.looseObject({
  items: z.array(z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) })),
});

/** A pod as the cluster has it. */
export type RunningPod = z.infer<typeof pod>;

/** kubectl within one namespace. */
export interface Kubectl {
  readonly namespace: string;
  run(args: readonly string[], options?: { readonly timeoutMs?: number; readonly input?: string }): Promise<Finished>;
  must(args: readonly string[], options?: { readonly timeoutMs?: number; readonly input?: string }): Promise<string>;
  /** Pods of one chart of the release, those that are going away left out. */
  pods(name: string): Promise<readonly RunningPod[]>;
  /** Kind/name of everything of these kinds. */
  list(kinds: string): Promise<readonly string[]>;
  /** Runs JavaScript in a pod of a Deployment. @returns what it printed */
  evaluate(deployment: string, script: string, timeoutMs?: number): Promise<string>;
}

export function isReady({ status }: RunningPod): boolean {
  return status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
}

export function kubectlIn(program: string, namespace: string): Kubectl {
  const withNamespace = (args: readonly string[]): readonly string[] => ["--namespace", namespace, ...args];
  const mustRun: Kubectl["must"] = async (args, options) => must(program, withNamespace(args), options);
  return {
    namespace,
    run: async (args, options) => run(program, withNamespace(args), options),
    must: mustRun,
    async pods(name) {
      const text = await mustRun(["get", "pods", "--selector", `app.kubernetes.io/name=${name}`, "--output", "json"]);
      const { items } = z.object({ items: z.array(pod) }).parse(JSON.parse(text));
      return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    },
    async list(kinds) {
      const { items } = named.parse(JSON.parse(await mustRun(["get", kinds, "--output", "json"])));
      return items.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    },
    async evaluate(deployment, script, timeoutMs = 60_000) {
      return mustRun(
        [
          "exec",
          `deployment/${deployment}`,
          "--container",
          deployment.replace(/^.*-/, ""),
          "--",
          "node",
          "--input-type=module",
          "--eval",
          script,
        ],
        { timeoutMs },
      );
    },
  };
}
