import { collectorConfig } from "../../../../services/collector/src/config.ts";
import { hedgerConfig } from "../../../../services/hedger/src/config.ts";
import { paperConfig } from "../../../../services/paper/src/config.ts";
import { riskConfig } from "../../../../services/risk/src/config.ts";
import { flag, mapOf, strict, text, whole, type JsonSchema, type StrictSchema } from "./json-schema.ts";
import { image, networkPolicy, quantity, scheduling } from "./kubernetes.ts";
import { serviceConfig } from "./service-config.ts";
import {
  accounts,
  demoAccounts,
  fromHelm,
  globals,
  instruments,
  secretName,
  servers,
  service,
  tracing,
  venue,
} from "./settings.ts";

/** Pods that may look after the same accounts: one, until ownership is shared out between them. */
const MAX_OWNERS = 1;
/** Two collectors run hot-hot; a third adds load and nothing else. */
const MAX_COLLECTORS = 2;

const anyVenue = venue("", "paper", "testnet", "mainnet");
const nats = strict({ servers, existingSecret: secretName });
const keys = strict({ existingSecret: secretName });

const collector = strict({
  ...fromHelm,
  ...service(MAX_COLLECTORS),
  ...scheduling,
  nats,
  venue: anyVenue,
  accounts,
  keys,
  instruments,
  tracing,
  config: serviceConfig(collectorConfig, ["nats", "venue", "accounts", "instruments"]),
  networkPolicy: networkPolicy("dnsPeers", "scrapePeers", "natsPeers", "venuePeers", "otlpPeers"),
});

const risk = strict({
  ...fromHelm,
  ...service(MAX_OWNERS),
  ...scheduling,
  nats,
  instruments,
  tracing,
  config: serviceConfig(riskConfig, ["nats", "instruments"]),
  networkPolicy: networkPolicy("dnsPeers", "scrapePeers", "natsPeers", "otlpPeers"),
});

const hedger = strict({
  ...fromHelm,
  ...service(MAX_OWNERS),
  ...scheduling,
  nats,
  venue: anyVenue,
  accounts,
  keys,
  tracing,
  config: serviceConfig(hedgerConfig, ["nats", "venue", "accounts"]),
  networkPolicy: networkPolicy("dnsPeers", "scrapePeers", "natsPeers", "venuePeers", "otlpPeers"),
});

const paper = strict({
  ...fromHelm,
  ...service(1),
  ...scheduling,
  crash: text("^[a-z0-9-]+$"),
  autostart: flag,
  demoAccounts,
  config: serviceConfig(paperConfig, ["accounts", "autostart", "fromMs", "listen", "prices", "toMs"]),
  networkPolicy: networkPolicy("dnsPeers", "scrapePeers", "clientPeers"),
});

const provision = strict({
  ...fromHelm,
  ...scheduling,
  image,
  partitions: whole(1, 1024),
  streamReplicas: { type: "integer", enum: [1, 3, 5] },
  nats,
  networkPolicy: networkPolicy("dnsPeers", "natsPeers"),
});

const natsChart = strict({
  ...fromHelm,
  ...scheduling,
  replicas: { type: "integer", enum: [1, 3, 5] },
  image,
  jetstream: strict({ maxMemory: text("^[0-9]+[MG]i$"), maxFile: text("^[0-9]+[MGT]i$") }),
  persistence: strict({ enabled: flag, size: quantity, storageClass: text(), keepOnUninstall: flag }),
  auth: strict({ existingSecret: secretName, devPasswords: mapOf(text('^[^"\\\\\\s]{4,}$')) }),
  terminationGracePeriodSeconds: whole(1, 3600),
  networkPolicy: networkPolicy("dnsPeers", "clientPeers", "scrapePeers"),
});

const jaeger = strict({
  ...fromHelm,
  ...scheduling,
  image,
  maxTraces: whole(100, 10_000_000),
  terminationGracePeriodSeconds: whole(1, 3600),
  networkPolicy: networkPolicy("clientPeers"),
});

/** As the umbrella sees it: `global` is checked at its own place. */
function part(name: string, schema: StrictSchema): JsonSchema {
  const properties = { ...schema.properties, global: { type: "object" } };
  return { ...schema, title: `values of charts/${name}`, properties };
}

const parts = { collector, risk, hedger, provision, nats: natsChart, paper, jaeger };

/** The schema of each chart's values. The umbrella checks the values of all its parts, also of those not installed. */
export const CHART_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ...parts,
  hedgelock: strict({
    global: globals,
    "hedgelock-lib": { type: "object" },
    ...Object.fromEntries(Object.entries(parts).map(([name, schema]) => [name, part(name, schema)])),
  }),
};
