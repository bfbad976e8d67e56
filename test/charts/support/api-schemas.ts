import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { Job } from "kubernetes-models/batch/v1/Job";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { Pod } from "kubernetes-models/v1/Pod";
import { Secret } from "kubernetes-models/v1/Secret";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";

import { unreadFields } from "./known-fields.ts";
import type { KubeObject } from "./objects.ts";

interface Model {
  readonly apiVersion: string;
  readonly kind: string;
  readonly prototype: { validate(): void };
}

const MODELS: readonly Model[] = [
  ConfigMap,
  Deployment,
  Job,
  Namespace,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  Secret,
  Service,
  ServiceAccount,
  ServiceMonitor,
  StatefulSet,
];

/** The model's validation of a value that is not an instance of it. Throws with what is wrong. */
function validate(model: Model, value: unknown): void {
  model.prototype.validate.call(value);
}

function wrongFields(model: Model, object: KubeObject): readonly string[] {
  try {
    validate(model, object);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function readAll(model: Model, watched: unknown): void {
  try {
    validate(model, watched);
  } catch {
    // What is wrong has been told already; here only matters what was looked at.
  }
}

/** What the Kubernetes API would say against an object: wrong types, missing fields, fields it does not know. */
export function apiProblems(object: KubeObject): readonly string[] {
  const where = `${object.kind}/${object.metadata.name}`;
  const model = MODELS.find(({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind);
  if (model === undefined) return [`${where}: there is no schema for ${object.apiVersion}/${object.kind}`];
  return [
    ...wrongFields(model, object).map((problem) => `${where}: ${problem}`),
    ...unreadFields(object, (watched) => readAll(model, watched)).map((path) => `${where}${path}: no such field`),
  ];
}
