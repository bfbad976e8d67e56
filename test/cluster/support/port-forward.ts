import { spawn } from "node:child_process";
import process from "node:process";

/** A port of this machine that leads into a pod, until it is disposed of. */
export interface PortForward extends AsyncDisposable {
  readonly port: number;
}

/** `kubectl port-forward` on a free port. Traffic arrives inside the pod, so network policies do not see it. */
export async function portForward(
  program: string,
  namespace: string,
  target: string,
  port: number,
): Promise<PortForward> {
  const child = spawn(program, ["--namespace", namespace, "port-forward", target, `:${port}`], {
    env: process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const ended = new Promise<void>((done) => {
    child.once("close", () => done());
  });
  let output = "";
  const read = (text: string): void => {
    output += text;
    const found = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
    if (found !== undefined) resolve(Number(found));
  };
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", read);
  child.once("error", reject);
  child.once("close", () => reject(new Error(`kubectl port-forward ${target} ${port} ended: ${output}`)));
  return {
    port: await promise,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
