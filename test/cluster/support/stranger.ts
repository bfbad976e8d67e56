import type { Kubectl } from "./kubectl.ts";

/** Who runs what in a pod of its own. */
export interface Stranger {
  readonly name: string;
  readonly image: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A pod that passes the restricted level, belongs to nobody, and waits to be told what to do. */
export async function startStranger(kubectl: Kubectl, { name, image, labels = {} }: Stranger): Promise<void> {
  const container = {
    name: "stranger",
    image,
    imagePullPolicy: "IfNotPresent",
    args: ["--eval", "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 60_000);"],
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
  const spec = {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
    volumes: [{ name: "tmp", emptyDir: {} }],
  };
  const manifest = { apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec };
  await kubectl.must(["apply", "--filename", "-"], { input: JSON.stringify(manifest) });
  await kubectl.must(["wait", `pod/${name}`, "--for=condition=Ready", "--timeout=60s"], { timeoutMs: 70_000 });
}

/** Runs JavaScript in it. @returns what it printed */
export async function askStranger(kubectl: Kubectl, name: string, script: string, timeoutMs = 60_000): Promise<string> {
  return kubectl.must(["exec", `pod/${name}`, "--", "node", "--input-type=module", "--eval", script], {
    timeoutMs,
  });
}
