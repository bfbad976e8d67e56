import { systemClock, systemTimers } from "@hedgelock/runtime";

import { ROOT } from "../../charts/support/helm.ts";
import { must } from "./command.ts";
import { isReady, type Kubectl, type RunningPod } from "./kubectl.ts";

/** Name of the release; the charts name everything after it. */
export const RELEASE = "hedgelock";
/** Charts with a pod that stays. */
export const WORKLOADS = ["nats", "jaeger", "paper", "collector", "risk", "hedger"] as const;

const POLL_MS = 250;
const HELM_TIMEOUT_MS = 300_000;

/** Helm on one release in one namespace. */
export interface Release {
  install(values: unknown): Promise<void>;
  upgrade(values: unknown): Promise<void>;
  /** `helm test`. @returns what it said */
  test(): Promise<string>;
  uninstall(): Promise<void>;
}

export function release(helm: string, kubectl: Kubectl): Release {
  const call = async (args: readonly string[], values?: unknown): Promise<string> => {
    const input = values === undefined ? {} : { input: JSON.stringify(values) };
    const more = values === undefined ? [] : ["--values", "-"];
    return must(helm, [...args, "--namespace", kubectl.namespace, ...more], {
      timeoutMs: HELM_TIMEOUT_MS,
      cwd: ROOT,
      ...input,
    });
  };
  return {
    async install(values) {
      await call(["install", RELEASE, "charts/hedgelock"], values);
    },
    async upgrade(values) {
      await call(["upgrade", RELEASE, "charts/hedgelock", "--wait", "--timeout", "4m"], values);
    },
    async test() {
      return call(["test", RELEASE, "--timeout", "4m"]);
    },
    async uninstall() {
      await call(["uninstall", RELEASE, "--wait", "--timeout", "4m"]);
    },
  };
}

async function snapshot(kubectl: Kubectl): Promise<ReadonlyMap<string, readonly RunningPod[]>> {
  return new Map(await Promise.all(WORKLOADS.map(async (name) => [name, await kubectl.pods(name)] as const)));
}

/** Waits until every workload has a ready pod. @returns milliseconds it took @throws Error that says what is not ready */
export async function untilReady(kubectl: Kubectl, deadlineMs: number): Promise<number> {
  const begunMs = systemClock.nowMs();
  for (;;) {
    const pods = await snapshot(kubectl);
    const waiting = WORKLOADS.filter((name) => !(pods.get(name) ?? []).some(isReady));
    const tookMs = systemClock.nowMs() - begunMs;
    if (waiting.length === 0) return tookMs;
    if (tookMs > deadlineMs) {
      const said = await kubectl.run(["get", "pods", "--output", "wide"]);
      throw new Error(`not ready within ${deadlineMs} ms: ${waiting.join(", ")}\n${said.stdout}`);
    }
    await systemTimers.sleep(POLL_MS);
  }
}

/** Kills a pod without notice and waits for the one that takes its place. @returns milliseconds without a ready pod */
export async function replaceKilled(kubectl: Kubectl, name: string, deadlineMs: number): Promise<number> {
  const [victim] = await kubectl.pods(name);
  if (victim === undefined) throw new Error(`there is no pod of ${name}`);
  const killedMs = systemClock.nowMs();
  await kubectl.must(["delete", `pod/${victim.metadata.name}`, "--grace-period=0", "--force", "--wait=false"]);
  for (;;) {
    const pods = await kubectl.pods(name);
    const gapMs = systemClock.nowMs() - killedMs;
    if (pods.some((pod) => pod.metadata.uid !== victim.metadata.uid && isReady(pod))) return gapMs;
    if (gapMs > deadlineMs) throw new Error(`${name} was not replaced within ${deadlineMs} ms`);
    await systemTimers.sleep(POLL_MS);
  }
}
