import fc from "fast-check";

const word = fc.oneof(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,18}[a-z0-9]$/), fc.constantFrom("on", "12", "null"));
const labels = fc.dictionary(word, fc.stringMatching(/^[A-Za-z0-9]{1,20}$/), { maxKeys: 3 });
const memory = fc.integer({ min: 64, max: 4096 }).map((mebibytes) => `${mebibytes}Mi`);
const resources = fc.record({
  requests: fc.record({ cpu: fc.integer({ min: 10, max: 4000 }).map((milli) => `${milli}m`), memory }),
  limits: fc.record({ memory }),
});
const scheduling = {
  resources,
  nodeSelector: labels,
  podLabels: labels,
  podAnnotations: labels,
  priorityClassName: fc.constantFrom("", "critical"),
  tolerations: fc.array(fc.record({ key: word, operator: fc.constant("Exists") }), { maxLength: 2 }),
};
/** Draining always fits: the guard for the opposite has a test of its own. */
const drain = fc.integer({ min: 100, max: 60_000 }).map((shutdownBudgetMs) => ({
  shutdownBudgetMs,
  terminationGracePeriodSeconds: Math.ceil(shutdownBudgetMs / 1000) + 2,
}));
const settings = {
  ...scheduling,
  strategy: fc.constantFrom("Recreate", "RollingUpdate"),
  logLevel: fc.constantFrom("debug", "info", "warn", "error"),
  serviceMonitor: fc.record({ enabled: fc.boolean(), labels }),
};

/** Values of one service; what is left out takes its default. */
function service(
  more: Readonly<Record<string, fc.Arbitrary<unknown>>> = {},
): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const chosen = fc.record({ ...settings, ...more }, { requiredKeys: [] });
  return fc.tuple(chosen, drain).map(([values, draining]) => ({ ...values, ...draining }));
}

const accountName = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), fc.constantFrom("no", "0_", "1e3", "-"));
const accountNames = fc.uniqueArray(accountName, { minLength: 1, maxLength: 4 });

/** Values of the umbrella chart as a user might write them; all of them are allowed. */
export const umbrellaValues = fc.record({
  global: fc.record({
    image: fc.record({
      tag: fc.constantFrom("", "1.2.3", "dev"),
      digest: fc.constantFrom("", `sha256:${"a".repeat(64)}`),
      pullPolicy: fc.constantFrom("IfNotPresent", "Always", "Never"),
      pullSecrets: fc.array(word, { maxLength: 2 }),
    }),
    jaeger: fc.record({ enabled: fc.boolean() }),
    dev: fc.record({ watch: fc.boolean() }),
    networkPolicy: fc.record({ enabled: fc.boolean() }),
    demoAccounts: accountNames.map((names) =>
      names.map((account, index) => ({ account, uid: String(index + 1), startLtv: 0.6, collateral: { BTC: "1.5" } })),
    ),
  }),
  collector: service({ enabled: fc.boolean(), replicas: fc.constantFrom(1, 2) }),
  risk: service({ enabled: fc.boolean() }),
  hedger: service({ enabled: fc.boolean() }),
  paper: service(),
  provision: fc.record({ enabled: fc.boolean(), partitions: fc.integer({ min: 1, max: 1024 }), ...scheduling }),
  nats: fc.record({
    replicas: fc.constantFrom(1, 3, 5),
    persistence: fc.record({ enabled: fc.boolean(), keepOnUninstall: fc.boolean() }),
    ...scheduling,
  }),
  jaeger: fc.record({ maxTraces: fc.integer({ min: 100, max: 1_000_000 }), ...scheduling }),
});

/** Names that a release may have; YAML 1.1 takes some of them for numbers and truth values. */
export const releaseName = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/),
  fc.constantFrom("on", "no", "true", "null", "12", "1e3", "nats", "risk", "hedgelock"),
);
