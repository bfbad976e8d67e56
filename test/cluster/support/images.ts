import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ROOT } from "../../charts/support/helm.ts";
import { must } from "./command.ts";
import type { ClusterEnvironment, ThirdParty } from "./environment.ts";

const BUILD_TIMEOUT_MS = 540_000;
const LOAD_TIMEOUT_MS = 300_000;

/** The image of the services under a tag of its own, so that nothing older is taken for it. */
export const SERVICES_IMAGE = { repository: "hedgelock/hedgelock", tag: "cluster-test" };

async function build(
  environment: ClusterEnvironment,
  ref: string,
  args: readonly string[],
  context: string,
): Promise<void> {
  const [program = "", ...first] = environment.buildImage;
  await must(program, [...first, "-t", ref, ...args, context], { timeoutMs: BUILD_TIMEOUT_MS, cwd: ROOT });
  const [loader, ...more] = environment.loadImage ?? [];
  if (loader !== undefined) await must(loader, [...more, ref], { timeoutMs: LOAD_TIMEOUT_MS, cwd: ROOT });
}

/** Builds the image of the services as it is shipped. */
export async function buildServices(environment: ClusterEnvironment): Promise<void> {
  const base = environment.nodeBase === undefined ? [] : ["--build-arg", `NODE_BASE=${environment.nodeBase}`];
  await build(
    environment,
    `${SERVICES_IMAGE.repository}:${SERVICES_IMAGE.tag}`,
    ["-f", "Dockerfile", "--target", "runtime", ...base],
    ".",
  );
}

async function buildAround(environment: ClusterEnvironment, program: string, ref: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hedgelock-image-"));
  try {
    cpSync(program, join(folder, "program"));
    await build(environment, ref, ["-f", "test/cluster/images/program.Dockerfile"], folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a chart is told about an image of somebody else; builds one where a program was given. */
export async function thirdPartyImage(
  environment: ClusterEnvironment,
  name: string,
  source: ThirdParty,
): Promise<Record<string, unknown>> {
  if (source.kind === "default") return {};
  const ref = source.kind === "image" ? source.ref : `hedgelock/${name}:cluster-test`;
  if (source.kind === "program") await buildAround(environment, source.path, ref);
  const at = ref.lastIndexOf(":");
  return { image: { repository: ref.slice(0, at), tag: ref.slice(at + 1) } };
}
