import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

import { say } from "./say.mjs";

/** One Ctrl-C may reach the launcher twice: from the terminal and from npm, which forwards what it got as well. */
const SAME_KEYSTROKE_MS = 500;
/** After a signal the command has this long to stop; services have a shutdown budget of 10 s. */
const STOP_BUDGET_MS = 30_000;
/** What the command left running gets this long after it ended. */
const LEFTOVER_BUDGET_MS = 12_000;
const PRELOAD = fileURLToPath(new URL("die-with-launcher.mjs", import.meta.url));

/** Exit status of a process, as a shell reports it. */
export function exitStatusOf(code, signal) {
  return signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0);
}

/** State letter and process group of a process, from /proc; undefined when it is gone. */
function processState(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, group: Number(group) };
  } catch {
    // Ended between listing and reading, which is all we wanted to know.
    return undefined;
  }
}

/** Whether any process of the group is left. Zombies, which a container without an init keeps forever, do not count. */
function groupAlive(group) {
  try {
    process.kill(-group, 0);
  } catch {
    // ESRCH: nobody left.
    return false;
  }
  if (process.platform !== "linux") return true;
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const found = processState(name);
    return found !== undefined && found.group === group && found.state !== "Z";
  });
}

function signalGroup(group, signal) {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if (error.code !== "ESRCH" && error.code !== "EPERM") throw error;
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ends what the command left behind in its process group. */
async function endLeftovers(group) {
  if (!groupAlive(group)) return;
  signalGroup(group, "SIGTERM");
  for (let waited = 0; waited < LEFTOVER_BUDGET_MS && groupAlive(group); waited += 50) await pause(50);
  if (!groupAlive(group)) return;
  say("ending processes that did not stop by themselves");
  signalGroup(group, "SIGKILL");
}

/**
 * Passes signals on to the child, each keystroke once.
 *
 * The child leads a process group of its own, so a Ctrl-C at the terminal reaches the launcher only, and the launcher
 * alone decides what the child gets: the first SIGINT or SIGTERM asks it to stop, a second one presses it, a third one
 * ends its whole group.
 * @param {{pid: number, kill: (signal: string) => unknown}} child
 * @param {{now?: () => number, source?: import("node:events").EventEmitter, killGroup?: () => void}} [deps]
 * @returns {() => void} stops passing on
 */
export function forwardSignals(child, { now = Date.now, source = process, killGroup } = {}) {
  const endGroup = killGroup ?? (() => signalGroup(child.pid, "SIGKILL"));
  let last = 0;
  let count = 0;
  let deadline;
  const forward = (signal) => {
    const at = now();
    if (count > 0 && at - last < SAME_KEYSTROKE_MS) return;
    last = at;
    count += 1;
    if (count > 2) {
      endGroup();
      return;
    }
    child.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
    deadline ??= setTimeout(() => {
      say(`the command did not stop within ${STOP_BUDGET_MS / 1000} s: ending it`);
      endGroup();
    }, STOP_BUDGET_MS);
  };
  const resize = () => child.kill("SIGWINCH");
  const stops = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of stops) source.on(signal, forward);
  source.on("SIGWINCH", resize);
  return () => {
    clearTimeout(deadline);
    for (const signal of stops) source.off(signal, forward);
    source.off("SIGWINCH", resize);
  };
}

/**
 * Runs a script of Node as the command the launcher hands over to: same terminal, signals passed on, nothing left
 * behind, not even when the launcher is killed outright (die-with-launcher.mjs watches a pipe for that).
 * @param {{node: string, args: readonly string[], cwd: string, env: Record<string, string | undefined>,
 *   onLauncherDeath: "stop" | "stop-group"}} command
 * @returns {Promise<number>} its exit status, 128 + n when a signal ended it
 */
export async function runChild({ node, args, cwd, env, onLauncherDeath }) {
  const child = spawn(node, ["--import", PRELOAD, ...args], {
    cwd,
    env: { ...env, LAUNCHER_PID: String(process.pid), LAUNCHER_DEATH: onLauncherDeath },
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    detached: true,
  });
  const stopForwarding = forwardSignals(child);
  try {
    const status = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve(exitStatusOf(code, signal)));
    });
    await endLeftovers(child.pid);
    return status;
  } finally {
    stopForwarding();
    child.stdio[3]?.destroy();
  }
}
