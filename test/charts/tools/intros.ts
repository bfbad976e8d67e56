/** The umbrella and its parts: their folders below charts/. */
export const CHARTS = ["hedgelock", "collector", "risk", "hedger", "provision", "nats", "paper", "jaeger"] as const;
export type ChartName = (typeof CHARTS)[number];

const alone = (chart: string, values: readonly string[]): string =>
  [
    `Part of \`charts/hedgelock\`; installs alone too, beside a NATS and an exchange that exist:`,
    "",
    "```sh",
    [`helm install ${chart} charts/${chart}`, ...values.map((value) => `  --set ${value}`)].join(" \\\n"),
    "```",
  ].join("\n");

const NATS = [
  "nats.servers={nats://nats.nats.svc:4222}",
  "nats.existingSecret=hedgelock-nats",
  "'networkPolicy.natsPeers[0].namespaceSelector.matchLabels.kubernetes\\.io/metadata\\.name=nats'",
];
const BTC =
  "'instruments[0].base=BTC,instruments[0].price.category=spot,instruments[0].price.symbol=BTCUSDT,instruments[0].hedge.category=linear,instruments[0].hedge.symbol=BTCUSDT'";

/** What a chart's README says before its table. */
export const INTROS: Readonly<Record<ChartName, string>> = {
  hedgelock: [
    "The development profile, with NATS, Jaeger and a paper exchange that replays a recorded crash:",
    "",
    "```sh",
    "helm install hedgelock charts/hedgelock --namespace hedgelock --create-namespace",
    "```",
    "",
    "Production: `values-production.yaml` over it, and `k8s/production.example.yaml` as a start. Everything else: `docs/kubernetes.md`.",
    "",
    "What is said once for all parts stands under `global`; every part's own values go under its name and are listed in its own README.",
  ].join("\n"),
  collector: alone("collector", [
    ...NATS,
    "venue.environment=testnet",
    "accounts={main}",
    "keys.existingSecret=hedgelock-read-keys",
    BTC,
  ]),
  risk: alone("risk", [...NATS, BTC]),
  hedger: alone("hedger", [
    ...NATS,
    "venue.environment=testnet",
    "accounts={main}",
    "keys.existingSecret=hedgelock-trade-keys",
  ]),
  provision: alone("provision", NATS),
  nats: "Part of `charts/hedgelock`; installs alone too: `helm install nats charts/nats`.\n\nEvery service has a user with exactly the permissions it needs (`files/permissions.json`, made from `lib/bus`).",
  paper: "Part of `charts/hedgelock`; installs alone too: `helm install paper charts/paper`.",
  jaeger:
    "Part of `charts/hedgelock`; installs alone too: `helm install jaeger charts/jaeger`. Traces end with the pod: for production name an OTLP back end in `global.tracing.otlpUrl`.",
};
