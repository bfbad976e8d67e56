import { existsSync } from "node:fs";
import process from "node:process";

import { run } from "./command.ts";

/** An image of somebody else: one that the cluster has or can pull, or a program to make one from. */
export type ThirdParty =
  | { readonly kind: "default" }
  | { readonly kind: "image"; readonly ref: string }
  | { readonly kind: "program"; readonly path: string };

/** What the test of the cluster is told. */
export interface ClusterEnvironment {
  readonly kubectl: string;
  /** Called with `-t REF -f FILE [--target STAGE] [--build-arg NAME=VALUE] CONTEXT`. */
  readonly buildImage: readonly string[];
  /** Called with REF; undefined when building leaves the image where the nodes find it. */
  readonly loadImage: readonly string[] | undefined;
  readonly nodeBase: string | undefined;
  readonly nats: ThirdParty;
  readonly jaeger: ThirdParty;
}

const HELP = `npm run test:cluster needs a cluster of yours, and changes it. Environment:
  KUBECONFIG               the cluster; a namespace hedgelock-test-… is made in it and removed again
  HEDGELOCK_BUILD_IMAGE    command that builds an image: docker build
  HEDGELOCK_LOAD_IMAGE     command that brings an image to the nodes, called with its name:
                           kind load docker-image --name hedgelock; not needed when building does it
  HEDGELOCK_NODE_BASE      image of Node 24 to build on, instead of the one in the Dockerfile
  HEDGELOCK_NATS_IMAGE, HEDGELOCK_JAEGER_IMAGE     repository:tag that the cluster has, where it cannot pull
  HEDGELOCK_NATS_PROGRAM, HEDGELOCK_JAEGER_PROGRAM statically linked programs to make such images from
kubectl must be on PATH (or KUBECTL), helm on PATH (or HELM).`;

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

function thirdParty(name: string, problems: string[]): ThirdParty {
  const ref = process.env[`HEDGELOCK_${name}_IMAGE`] ?? "";
  const path = process.env[`HEDGELOCK_${name}_PROGRAM`] ?? "";
  if (ref !== "" && path !== "")
    problems.push(`HEDGELOCK_${name}_IMAGE and HEDGELOCK_${name}_PROGRAM are both set: choose one`);
  if (ref !== "" && !/^[^:]+(?::\d+)?[^:]*:[^:/]+$/.test(ref))
    problems.push(`HEDGELOCK_${name}_IMAGE is ${ref}: write repository:tag`);
  if (path !== "" && !existsSync(path)) problems.push(`HEDGELOCK_${name}_PROGRAM is ${path}, which does not exist`);
  if (ref !== "") return { kind: "image", ref };
  return path === "" ? { kind: "default" } : { kind: "program", path };
}

/**
 * Reads the environment and tries the cluster.
 * @throws Error that lists everything that is missing, and what is expected
 */
export async function clusterEnvironment(): Promise<ClusterEnvironment> {
  const problems: string[] = [];
  const kubectl = process.env["KUBECTL"] ?? "kubectl";
  if ((process.env["KUBECONFIG"] ?? "") === "") problems.push("KUBECONFIG is not set");
  else {
    const { status, stderr } = await run(kubectl, ["version", "--request-timeout=10s"], { timeoutMs: 20_000 });
    if (status !== 0) problems.push(`the cluster of KUBECONFIG does not answer ${kubectl} version: ${stderr.trim()}`);
  }
  const buildImage = words(process.env["HEDGELOCK_BUILD_IMAGE"] ?? "");
  if (buildImage.length === 0) problems.push("HEDGELOCK_BUILD_IMAGE is not set");
  const loadImage = words(process.env["HEDGELOCK_LOAD_IMAGE"] ?? "");
  const nats = thirdParty("NATS", problems);
  const jaeger = thirdParty("JAEGER", problems);
  if (problems.length > 0) throw new Error(`${problems.map((problem) => `- ${problem}`).join("\n")}\n\n${HELP}`);
  return {
    kubectl,
    buildImage,
    loadImage: loadImage.length === 0 ? undefined : loadImage,
    nodeBase: process.env["HEDGELOCK_NODE_BASE"] ?? undefined,
    nats,
    jaeger,
  };
}
