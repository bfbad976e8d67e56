import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { removeAtExit } from "../cleanup.mjs";
import { NATS_VERSION } from "./release.mjs";

const PROGRAM = "nats-server";
const CHECKSUM = "sha256";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The folder of one version for one kind of machine: a home directory may be shared between several. */
export function cachedFolder(cache, machine) {
  return join(cache, "nats-server", `${NATS_VERSION}-${machine.platform}-${machine.arch}`);
}

/**
 * The cached program, if it is there and is what was put there.
 * @returns {{path: string} | {problem: string}}
 */
export function readCached(cache, machine) {
  const folder = cachedFolder(cache, machine);
  try {
    const expected = readFileSync(join(folder, CHECKSUM), "utf8").trim();
    if (sha256(readFileSync(join(folder, PROGRAM))) === expected) return { path: join(folder, PROGRAM) };
    return { problem: "the cached one is damaged" };
  } catch (error) {
    return { problem: error.code === "ENOENT" ? "nothing cached" : `the cache cannot be read (${error.code})` };
  }
}

/** A folder next to the cached ones, so that it can be renamed into place; gone when the process ends. */
export function temporaryFolder(cache) {
  const folder = join(cache, "nats-server", `.new-${process.pid}-${randomBytes(4).toString("hex")}`);
  mkdirSync(folder, { recursive: true });
  const forget = removeAtExit(folder);
  return {
    folder,
    remove() {
      rmSync(folder, { recursive: true, force: true });
      forget();
    },
  };
}

/** Moves `folder` to `target`. One that is already there and in order stays; a damaged one makes room. */
function moveInto(folder, target, cache, machine) {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      renameSync(folder, target);
      return;
    } catch (error) {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    }
    if ("path" in readCached(cache, machine)) return;
    const aside = temporaryFolder(cache);
    try {
      renameSync(target, join(aside.folder, "damaged"));
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    } finally {
      aside.remove();
    }
  }
  throw new Error(`could not replace ${target}`);
}

/**
 * Puts a program into the cache: complete or not at all, whoever else does the same at the same time.
 * @param {string} cache
 * @param {{platform: string, arch: string}} machine
 * @param {Buffer} program
 * @param {(path: string) => Promise<string | undefined>} check why the program cannot be used; runs before it is visible
 * @returns {Promise<string>} its path
 */
export async function writeCached(cache, machine, program, check) {
  const temporary = temporaryFolder(cache);
  try {
    const path = join(temporary.folder, PROGRAM);
    writeFileSync(path, program, { flush: true });
    chmodSync(path, 0o755);
    writeFileSync(join(temporary.folder, CHECKSUM), `${sha256(program)}\n`, { flush: true });
    const problem = await check(path);
    if (problem !== undefined) throw new Error(problem);
    const target = cachedFolder(cache, machine);
    moveInto(temporary.folder, target, cache, machine);
    return join(target, PROGRAM);
  } finally {
    temporary.remove();
  }
}
