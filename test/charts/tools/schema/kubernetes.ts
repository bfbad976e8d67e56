import { flag, listOf, mapOf, oneOf, strict, text, whole } from "./json-schema.ts";

const NAME = "[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?";
const LABEL_VALUE = "^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";
const QUANTITY = "^[0-9]+(?:\\.[0-9]+)?(?:m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$";
/** Labels that select pods, or that network policies trust: nobody may set them by hand. */
const TAKEN_LABEL = "^(?:app\\.kubernetes\\.io/.*|hedgelock\\.io/.*|pod-template-hash)$";

/** Name of an object, as a pattern without anchors. */
export const objectName = NAME;

export const quantity = { type: ["string", "integer"], pattern: QUANTITY };

export const labels = mapOf(text(LABEL_VALUE));

const amounts = strict({ cpu: quantity, memory: quantity, "ephemeral-storage": quantity });

/** `resources` of a container: a request and a limit of memory are a must, so that no pod is the first to be evicted. */
export const resources = strict(
  {
    requests: { ...amounts, required: ["cpu", "memory"] },
    limits: { ...amounts, required: ["memory"] },
  },
  { required: ["requests", "limits"] },
);

const selector = strict({ matchLabels: labels });

/** A list of NetworkPolicyPeer. An empty peer would be everybody. */
export const peers = listOf(
  strict(
    {
      ipBlock: strict({ cidr: text("^[0-9a-fA-F.:]+/[0-9]+$"), except: listOf(text()) }, { required: ["cidr"] }),
      namespaceSelector: selector,
      podSelector: selector,
    },
    { minProperties: 1 },
  ),
);

/** What every chart says about where its pods run. */
export const scheduling = {
  resources,
  nodeSelector: labels,
  tolerations: listOf(
    strict({
      key: text(),
      operator: oneOf("Exists", "Equal"),
      value: text(),
      effect: oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"),
      tolerationSeconds: whole(0, 1_000_000),
    }),
  ),
  priorityClassName: text(`^(?:${NAME})?$`),
  podLabels: { ...labels, propertyNames: { not: { pattern: TAKEN_LABEL } } },
  podAnnotations: mapOf(text(), { propertyNames: { not: { pattern: "^checksum/" } } }),
};

/** Whose settings an image has. */
export const image = strict({
  repository: text("^[a-z0-9./:_-]*$"),
  tag: text("^[A-Za-z0-9_.-]*$"),
  digest: text("^(?:sha256:[0-9a-f]{64})?$"),
  pullPolicy: { type: "string", enum: ["", "IfNotPresent", "Always", "Never"] },
  pullSecrets: listOf(text(`^${NAME}$`)),
});

/** `networkPolicy` with the peers that a chart knows. */
export function networkPolicy(...keys: readonly string[]): ReturnType<typeof strict> {
  return strict({ enabled: flag, ...Object.fromEntries(keys.map((key) => [key, peers])) });
}
