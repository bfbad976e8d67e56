import { flag, listOf, mapOf, oneOf, strict, text, textOrEmpty, whole, type JsonSchema } from "./json-schema.ts";
import { image, labels, networkPolicy, objectName } from "./kubernetes.ts";

/** Without a user or a password: those would end up in a ConfigMap. */
const SERVER = "^(?:nats|tls)://[^/@\\s]+$";
const ACCOUNT = "^[A-Za-z0-9_-]{1,64}$";
const SYMBOL = "^[A-Za-z0-9_-]{1,64}$";

const accountName = text(ACCOUNT);
const product = strict(
  { category: oneOf("linear", "inverse", "spot"), symbol: text(SYMBOL) },
  { required: ["category", "symbol"] },
);

export const servers = listOf(text(SERVER), { uniqueItems: true });
export const secretName = textOrEmpty(objectName);
export const accounts = listOf(accountName, { uniqueItems: true });
export const instruments = listOf(
  strict({ base: text("^[A-Z0-9]{2,15}$"), price: product, hedge: product }, { required: ["base", "price", "hedge"] }),
  { uniqueItems: true },
);
export const tracing = strict({ otlpUrl: textOrEmpty("https?://[^/@\\s]+(?:/[^@\\s]*)?") });

export const demoAccounts = listOf(
  strict(
    {
      account: accountName,
      uid: text("^[0-9]{1,15}$"),
      startLtv: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
      collateral: mapOf(text("^[0-9]{1,15}(?:\\.[0-9]{1,12})?$"), {
        propertyNames: { pattern: "^[A-Z0-9]{2,15}$" },
        minProperties: 1,
      }),
    },
    { required: ["account", "uid", "startLtv", "collateral"] },
  ),
  { uniqueItems: true },
);

/** `venue` of the charts; empty words of the environment are for charts below the umbrella. */
export function venue(...environments: readonly string[]): JsonSchema {
  return strict({
    environment: oneOf(...environments),
    restUrl: textOrEmpty("https?://[^/@\\s]+"),
    wsUrl: textOrEmpty("wss?://[^/@\\s]+"),
    mainnetAcknowledgement: text("^[A-Za-z0-9_,\\s-]*$"),
  });
}

const installed = strict({ enabled: flag });

/** `global`: what the umbrella says once for all charts. */
export const globals = strict({
  image,
  nats: strict({ enabled: flag, servers, existingSecret: secretName }),
  paper: installed,
  jaeger: installed,
  venue: venue("paper", "testnet", "mainnet"),
  accounts,
  demoAccounts,
  instruments,
  tracing,
  networkPolicy: networkPolicy("dnsPeers", "natsPeers", "otlpPeers", "venuePeers", "scrapePeers"),
  dev: strict({ watch: flag }),
});

/** What every chart has because Helm puts it there: the umbrella's `global` and condition, the library's values. */
export const fromHelm = { global: globals, enabled: flag, "hedgelock-lib": { type: "object" } };

export const serviceMonitor = strict({ enabled: flag, interval: text("^[0-9]+(?:ms|s|m|h)$"), labels });

/** What the charts of our own services share. @param maxReplicas more are refused */
export function service(maxReplicas: number): Readonly<Record<string, JsonSchema>> {
  return {
    replicas: whole(1, maxReplicas),
    strategy: oneOf("Recreate", "RollingUpdate"),
    image,
    logLevel: oneOf("debug", "info", "warn", "error"),
    shutdownBudgetMs: whole(100, 600_000),
    terminationGracePeriodSeconds: whole(1, 3600),
    serviceMonitor,
  };
}
