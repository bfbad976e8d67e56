import { runTool } from "../interrupts.mjs";
import { ACCEPTED } from "./release.mjs";

/**
 * Why the program at `path` cannot be used as nats-server, or undefined when it can.
 * @param {string} path
 * @returns {Promise<string | undefined>}
 */
export async function versionProblem(path) {
  let result;
  try {
    result = await runTool(path, ["--version"], { timeoutMs: 10_000 });
  } catch (error) {
    return error.code === "ENOENT" ? "there is no such file" : `it cannot be run (${error.code ?? error.message})`;
  }
  const found = /^nats-server:? v?(\d+)\.(\d+)\.(\d+)(\S*)\s*$/m.exec(result.output);
  if (result.code !== 0 || found === null) return "it does not answer --version as nats-server does";
  const [, major, minor, patch, suffix] = found;
  const fits = Number(major) === ACCEPTED.major && Number(minor) === ACCEPTED.minor && suffix === "";
  return fits ? undefined : `it is version ${major}.${minor}.${patch}${suffix}, and ${ACCEPTED.text} is needed`;
}
