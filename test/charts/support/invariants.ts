import { z } from "zod";

import { podsOf, type Container, type KubeObject, type Pod } from "./objects.ts";

const NODE = 65_532;
const selectorOf = z.looseObject({ selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }) });
const httpProbe = z.looseObject({ httpGet: z.unknown().optional() }).default({});
const policySpec = z.looseObject({
  podSelector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }),
  policyTypes: z.array(z.string()),
});

/** A rule that every manifest of ours keeps: says what is wrong, or nothing. */
export type Invariant = (objects: readonly KubeObject[]) => readonly string[];

function perPod(check: (pod: Pod) => readonly string[]): Invariant {
  return (objects) => podsOf(objects).flatMap((pod) => check(pod).map((problem) => `${pod.owner}: ${problem}`));
}

function perContainer(check: (container: Container, pod: Pod) => readonly string[]): Invariant {
  return perPod((pod) =>
    [...pod.spec.initContainers, ...pod.spec.containers].flatMap((container) =>
      check(container, pod).map((problem) => `${container.name}: ${problem}`),
    ),
  );
}

const unless = (ok: boolean, problem: string): readonly string[] => (ok ? [] : [problem]);
const matches = (labels: Readonly<Record<string, string>>, pod: Pod): boolean =>
  Object.entries(labels).every(([key, value]) => pod.labels[key] === value);

/** Pod Security level "restricted" (kubernetes.io/docs/concepts/security/pod-security-standards), and a little more. */
const restrictedPod = perPod(({ spec }) => [
  ...unless(spec.hostNetwork !== true && spec.hostPID !== true, "shares a namespace with the node"),
  ...unless(spec.securityContext.runAsNonRoot === true, "may run as root"),
  ...unless(spec.securityContext.runAsUser === NODE, `does not run as ${NODE}`),
  ...unless(spec.securityContext.seccompProfile?.type === "RuntimeDefault", "has no seccomp profile"),
  ...unless(!spec.volumes.some((volume) => volume.hostPath !== undefined), "mounts a folder of the node"),
  ...unless(!spec.automountServiceAccountToken, "gets a token of the API"),
  ...unless(spec.serviceAccountName !== "default", "runs under the namespace's default account"),
]);

const restrictedContainer = (watched: boolean): Invariant =>
  perContainer(({ securityContext }, pod) => [
    ...unless(securityContext.allowPrivilegeEscalation === false, "may gain privileges"),
    ...unless(securityContext.capabilities?.drop.includes("ALL") === true, "keeps capabilities"),
    ...unless(
      securityContext.readOnlyRootFilesystem === true ||
        (watched && /-(?:collector|risk|hedger|paper)(?:-test)?$/.test(pod.owner)),
      "has a writable root",
    ),
  ]);

const bounded = perContainer(({ resources }) => [
  ...unless(resources.requests["cpu"] !== undefined, "requests no CPU"),
  ...unless(resources.limits["memory"] !== undefined, "has no memory limit"),
]);

const pinned = perContainer(({ image }) =>
  unless(/@sha256:[0-9a-f]{64}$|:(?!latest$)[\w.-]+$/.test(image), `image ${image} is not pinned`),
);

const noSecretsInSight: Invariant = (objects) =>
  objects
    .filter(({ kind }) => kind !== "Secret")
    .flatMap((object) =>
      unless(
        !/apiSecret|"password":|dev-[a-z]+"/.test(JSON.stringify(object)),
        `${object.kind}/${object.metadata.name} shows a secret`,
      ),
    );

/** Long-running pods say when they have started, are ready and are alive, each at a place of its own. */
const probed = perPod((pod) =>
  pod.kind !== "Deployment" && pod.kind !== "StatefulSet"
    ? []
    : pod.spec.containers.flatMap((container) => {
        const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
        const missing = unless(!probes.includes(undefined), `${container.name} lacks a probe`);
        const ours = container.args.some((arg) => arg.startsWith("services/"));
        const places = new Set(probes.map((probe) => JSON.stringify(httpProbe.parse(probe).httpGet)));
        return [...missing, ...unless(!ours || places.size === 3, `${container.name} asks one question three times`)];
      }),
);

/** A controller finds its own pods and nobody else's. */
const selectors: Invariant = (objects) => {
  const pods = podsOf(objects);
  return objects
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet" || kind === "PodDisruptionBudget")
    .flatMap((object) => {
      const { matchLabels } = selectorOf.parse(object["spec"]).selector;
      const found = pods.filter((pod) => matches(matchLabels, pod)).map(({ owner }) => owner);
      const name = `${object.kind}/${object.metadata.name}`;
      return unless(
        found.length === 1 && (object.kind === "PodDisruptionBudget" || found[0] === name),
        `${name} selects ${found.join(", ") || "nothing"}`,
      );
    });
};

const labelled: Invariant = (objects) =>
  objects.flatMap(({ kind, metadata }) => {
    const labels = metadata.labels ?? {};
    const missing = ["name", "instance", "part-of", "version", "managed-by"].filter(
      (key) => labels[`app.kubernetes.io/${key}`] === undefined,
    );
    return unless(missing.length === 0, `${kind}/${metadata.name} lacks the labels ${missing.join(", ")}`);
  });

/** Every pod stands under a policy that denies both ways what it does not allow. */
const denied: Invariant = (objects) => {
  const policies = objects
    .filter(({ kind }) => kind === "NetworkPolicy")
    .map((object) => policySpec.parse(object["spec"]));
  return podsOf(objects).flatMap((pod) => {
    const own = policies.filter(({ podSelector }) => matches(podSelector.matchLabels, pod));
    const both = ["Ingress", "Egress"].every((type) => own.some(({ policyTypes }) => policyTypes.includes(type)));
    return unless(both, `${pod.owner} stands under no policy`);
  });
};

/** Names within a namespace are used once. */
const unique: Invariant = (objects) => {
  const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is there twice`);
};

/** What a manifest must keep; network policies only where they are not switched off. */
export function broken(
  objects: readonly KubeObject[],
  options: { readonly policies?: boolean; readonly watched?: boolean } = {},
): readonly string[] {
  const invariants = [
    restrictedPod,
    restrictedContainer(options.watched ?? false),
    bounded,
    pinned,
    noSecretsInSight,
    probed,
    selectors,
    labelled,
    unique,
    ...(options.policies === false ? [] : [denied]),
  ];
  return invariants.flatMap((invariant) => invariant(objects));
}
