import type { Render } from "./helm.ts";

const PRODUCTION = ["charts/hedgelock/values-production.yaml", "k8s/production.example.yaml"];
const STANDALONE = ["test/charts/values/standalone.yaml"];
const BTC = {
  base: "BTC",
  price: { category: "spot", symbol: "BTCUSDT" },
  hedge: { category: "linear", symbol: "BTCUSDT" },
};
const ACCOUNTS = { venue: { environment: "testnet" }, accounts: ["main"] };

const umbrella = (values: unknown = {}): Render => ({ chart: "hedgelock", values });

const DEFAULT = umbrella();
const WITH_OPERATOR = { chart: "hedgelock", apiVersions: ["monitoring.coreos.com/v1/ServiceMonitor"] };

/** Profiles and single charts: each has its whole rendering checked in. */
export const PROFILES: Readonly<Record<string, Render>> = {
  default: DEFAULT,
  tilt: { chart: "hedgelock", files: ["k8s/values-tilt.yaml"] },
  production: { chart: "hedgelock", files: PRODUCTION },
  "production-three-nats": {
    chart: "hedgelock",
    files: PRODUCTION,
    values: { global: { nats: { enabled: true, servers: [] } } },
  },
  "collector-alone": {
    chart: "collector",
    release: "collector",
    files: STANDALONE,
    values: { ...ACCOUNTS, keys: { existingSecret: "read-keys" }, instruments: [BTC] },
  },
  "risk-alone": { chart: "risk", release: "risk", files: STANDALONE, values: { instruments: [BTC] } },
  "hedger-alone": {
    chart: "hedger",
    release: "hedger",
    files: STANDALONE,
    values: { ...ACCOUNTS, keys: { existingSecret: "trade-keys" } },
  },
  "provision-alone": { chart: "provision", release: "provision", files: STANDALONE },
  "paper-alone": { chart: "paper", release: "paper" },
  "nats-alone": { chart: "nats", release: "nats" },
  "jaeger-alone": { chart: "jaeger", release: "jaeger" },
};

/** One thing changed in a profile: what that changes in the rendering is checked in. */
export const TOGGLES: Readonly<Record<string, { readonly from: Render; readonly to: Render }>> = {
  "without-jaeger": { from: DEFAULT, to: umbrella({ global: { jaeger: { enabled: false } } }) },
  "without-collector": { from: DEFAULT, to: umbrella({ collector: { enabled: false } }) },
  "without-risk": { from: DEFAULT, to: umbrella({ risk: { enabled: false } }) },
  "without-hedger": { from: DEFAULT, to: umbrella({ hedger: { enabled: false } }) },
  "without-provisioning": { from: DEFAULT, to: umbrella({ provision: { enabled: false } }) },
  "without-network-policies": { from: DEFAULT, to: umbrella({ global: { networkPolicy: { enabled: false } } }) },
  "risk-without-network-policy": { from: DEFAULT, to: umbrella({ risk: { networkPolicy: { enabled: false } } }) },
  "without-persistence": { from: DEFAULT, to: umbrella({ nats: { persistence: { enabled: false } } }) },
  "volumes-kept": {
    from: DEFAULT,
    to: umbrella({ nats: { persistence: { keepOnUninstall: true, storageClass: "fast" } } }),
  },
  "three-nats": { from: DEFAULT, to: umbrella({ nats: { replicas: 3 }, provision: { streamReplicas: 3 } }) },
  "prometheus-operator": { from: DEFAULT, to: WITH_OPERATOR },
  "prometheus-operator-not-wanted": {
    from: WITH_OPERATOR,
    to: {
      ...WITH_OPERATOR,
      values: Object.fromEntries(
        ["collector", "risk", "hedger", "paper"].map((chart) => [chart, { serviceMonitor: { enabled: false } }]),
      ),
    },
  },
  "image-by-digest": {
    from: DEFAULT,
    to: umbrella({
      global: {
        image: {
          repository: "registry.example.com/hedgelock",
          digest: `sha256:${"0".repeat(64)}`,
          pullPolicy: "Always",
          pullSecrets: ["registry"],
        },
      },
    }),
  },
  "two-assets": {
    from: DEFAULT,
    to: umbrella({
      global: {
        demoAccounts: [{ account: "a", uid: "1", startLtv: 0.6, collateral: { BTC: "1", ETH: "10" } }],
        instruments: [
          BTC,
          {
            base: "ETH",
            price: { category: "spot", symbol: "ETHUSDT" },
            hedge: { category: "linear", symbol: "ETHUSDT" },
          },
        ],
      },
      paper: { crash: "ftx-2022", autostart: false },
      risk: { config: { policy: { minHedgeBaseQty: { ETH: "0.01" } } } },
      hedger: { config: { limits: { perSymbol: { ETHUSDT: { maxOrderQty: "30", maxDayQty: "300" } } } } },
    }),
  },
  "secrets-of-the-user": {
    from: DEFAULT,
    to: umbrella({
      global: { nats: { existingSecret: "my-nats" } },
      collector: { keys: { existingSecret: "my-read-keys" } },
      hedger: { keys: { existingSecret: "my-trade-keys" } },
    }),
  },
  "placed-by-the-user": {
    from: DEFAULT,
    to: umbrella({
      hedger: {
        nodeSelector: { pool: "trading" },
        tolerations: [{ key: "trading", operator: "Exists", effect: "NoSchedule" }],
        priorityClassName: "critical",
        podLabels: { team: "desk" },
        podAnnotations: { note: "x" },
        strategy: "RollingUpdate",
        shutdownBudgetMs: 40_000,
        terminationGracePeriodSeconds: 45,
      },
    }),
  },
  mainnet: {
    from: { chart: "hedgelock", files: PRODUCTION },
    to: {
      chart: "hedgelock",
      files: PRODUCTION,
      values: { global: { venue: { environment: "mainnet", mainnetAcknowledgement: "main,treasury-btc" } } },
    },
  },
};
