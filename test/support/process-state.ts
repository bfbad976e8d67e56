import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { platform } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The state letter stands after the command in parentheses (proc_pid_stat(5)). */
function stateOf(stat: string): string {
  return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
}

/** True when a process has been stopped by SIGSTOP, all of its threads included. */
export async function isStopped(pid: number): Promise<boolean> {
  if (platform() !== "linux") {
    const { stdout } = await run("ps", ["-o", "state=", "-p", String(pid)]);
    return stdout.trim().startsWith("T");
  }
  const threads = await readdir(`/proc/${pid}/task`);
  const states = await Promise.all(
    threads.map(async (thread) => stateOf(await readFile(`/proc/${pid}/task/${thread}/stat`, "utf8"))),
  );
  return states.every((state) => state === "T");
}
