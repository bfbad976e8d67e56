import process from "node:process";

/**
 * Calls `onGone` when the process that started this one has ended, however it ended (kill -9 included).
 * The parent hands over a pipe as standard input and sets HEDGELOCK_PARENT_PIPE=stdin: the kernel closes the pipe with
 * the parent. Without the variable nothing is watched, as under Kubernetes.
 */
export function watchParent(mode: string | undefined, onGone: () => void): void {
  if (mode !== "stdin") return;
  process.stdin.on("end", onGone);
  process.stdin.on("error", onGone);
  process.stdin.resume();
}
