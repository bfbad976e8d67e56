import { parseAllDocuments } from "yaml";
import { z } from "zod";

import { render, type Render } from "./helm.ts";

const labels = z.record(z.string(), z.string());
const metadata = z.looseObject({
  name: z.string(),
  labels: labels.optional(),
  annotations: labels.optional(),
});
const securityContext = z.looseObject({
  allowPrivilegeEscalation: z.boolean().optional(),
  readOnlyRootFilesystem: z.boolean().optional(),
  capabilities: z.strictObject({ drop: z.array(z.string()) }).optional(),
});
const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: z.string().optional(),
  args: z.array(z.string()).default([]),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.int() })).default([]),
  resources: z.strictObject({ requests: labels, limits: labels }),
  securityContext,
  startupProbe: z.unknown().optional(),
  readinessProbe: z.unknown().optional(),
  livenessProbe: z.unknown().optional(),
  volumeMounts: z
    .array(z.looseObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }))
    .default([]),
});
const volume = z.looseObject({
  name: z.string(),
  secret: z.looseObject({ secretName: z.string() }).optional(),
  configMap: z.looseObject({ name: z.string() }).optional(),
  hostPath: z.unknown().optional(),
});
const podSpec = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  hostNetwork: z.boolean().optional(),
  hostPID: z.boolean().optional(),
  terminationGracePeriodSeconds: z.int().optional(),
  securityContext: z.looseObject({
    runAsNonRoot: z.boolean().optional(),
    runAsUser: z.int().optional(),
    seccompProfile: z.looseObject({ type: z.string() }).optional(),
  }),
  topologySpreadConstraints: z.array(z.unknown()).default([]),
  initContainers: z.array(container).default([]),
  containers: z.array(container).min(1),
  volumes: z.array(volume).default([]),
});

/** One object as it goes to the cluster. */
export const kubeObject = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata });
export type KubeObject = z.infer<typeof kubeObject>;
export type Container = z.infer<typeof container>;

/** A pod, wherever it is written: on its own, or as the template of something that makes pods. */
export interface Pod {
  /** Kind and name of what makes it. */
  readonly owner: string;
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: z.infer<typeof podSpec>;
}

/** The objects of a manifest, in its order. */
export function parseManifest(text: string): readonly KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    for (const error of document.errors) throw error;
    const value: unknown = document.toJS();
    return value === null ? [] : [kubeObject.parse(value)];
  });
}

/** Renders and parses. @throws Error with what helm said when it refuses */
export async function objectsOf(what: Render): Promise<readonly KubeObject[]> {
  const { ok, stdout, stderr } = await render(what);
  if (!ok) throw new Error(`helm refused charts/${what.chart}: ${stderr}`);
  return parseManifest(stdout);
}

const template = z.looseObject({ metadata: metadata.partial({ name: true }), spec: podSpec });
const podMakers = ["Deployment", "StatefulSet", "Job"];

/** Every pod of a manifest. */
export function podsOf(objects: readonly KubeObject[]): readonly Pod[] {
  return objects.flatMap((object): Pod[] => {
    const owner = `${object.kind}/${object.metadata.name}`;
    const { kind } = object;
    const from = (value: unknown): Pod => {
      const pod = template.parse(value);
      return {
        owner,
        kind,
        labels: pod.metadata.labels ?? {},
        annotations: pod.metadata.annotations ?? {},
        spec: pod.spec,
      };
    };
    if (kind === "Pod") return [from(object)];
    if (!podMakers.includes(kind)) return [];
    return [from(z.looseObject({ template: z.unknown() }).parse(object["spec"]).template)];
  });
}

/** The only object of this kind and name. @throws Error when there is none */
export function find(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind}/${name}`);
  return found;
}
