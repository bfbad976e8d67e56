import { describe, expect, test } from "vitest";

import { PROFILES } from "./support/cases.ts";
import { render } from "./support/helm.ts";

const PRODUCTION = PROFILES["production"]?.files ?? [];
const STANDALONE = ["test/charts/values/standalone.yaml"];

describe("combinations are refused with the value's name and the remedy", () => {
  test.each([
    [
      "the grace period is shorter than the drain",
      { risk: { shutdownBudgetMs: 20_000 } },
      "risk: terminationGracePeriodSeconds is 15, but draining may take shutdownBudgetMs (20000 ms) and 2 s more: set at least 22",
    ],
    [
      "a real venue beside the paper exchange",
      { global: { venue: { environment: "testnet" } } },
      "paper: venue.environment is testnet: the paper exchange and its public demo keys have no place beside a real exchange: set global.paper.enabled=false",
    ],
    [
      "more copies than servers",
      { provision: { streamReplicas: 3 } },
      "provision.streamReplicas is 3, but nats.replicas is 1",
    ],
    [
      "two places for NATS",
      { global: { nats: { servers: ["nats://other:4222"] } } },
      "global.nats.servers names other servers, but global.nats.enabled is true: choose one",
    ],
    [
      "no NATS at all",
      { global: { nats: { enabled: false } } },
      "nats.servers is empty: name at least one nats://host:port",
    ],
    [
      "NATS elsewhere without its passwords",
      { global: { nats: { enabled: false, servers: ["nats://other:4222"] }, networkPolicy: { enabled: false } } },
      "nats.existingSecret is empty: name the Secret with the passwords of NATS",
    ],
    [
      "NATS elsewhere, nobody knows where",
      { global: { nats: { enabled: false, servers: ["nats://other:4222"], existingSecret: "s" } } },
      "networkPolicy.natsPeers is empty: say where NATS is",
    ],
    [
      "traces to a place that nobody may reach",
      { global: { jaeger: { enabled: false }, tracing: { otlpUrl: "http://otel:4318" } } },
      "networkPolicy.otlpPeers is empty: say where http://otel:4318 is",
    ],
    [
      "an unknown crash",
      { paper: { crash: "oct-2052" } },
      "paper: crash is oct-2052, but there are only ftx-2022, nov-2018, nov-2018-19, oct-2025, svb-2023",
    ],
    [
      "collateral without prices",
      { global: { demoAccounts: [{ account: "a", uid: "1", startLtv: 0.5, collateral: { DOGE: "1" } }] } },
      "paper: demo account a holds DOGE, which has no prices in the crash",
    ],
    [
      "an instrument without limits",
      {
        global: {
          instruments: [
            {
              base: "BTC",
              price: { category: "spot", symbol: "BTCUSDC" },
              hedge: { category: "linear", symbol: "BTCPERP" },
            },
          ],
        },
      },
      "global.instruments hedges with BTCPERP, but hedger.config.limits.perSymbol does not have it: it would never be traded",
    ],
    [
      "an instrument without a smallest hedge",
      {
        global: {
          instruments: [
            {
              base: "SOL",
              price: { category: "spot", symbol: "SOLUSDT" },
              hedge: { category: "linear", symbol: "BTCUSDT" },
            },
          ],
        },
      },
      "global.instruments has SOL, but risk.config.policy.minHedgeBaseQty does not",
    ],
    [
      "a key that the chart makes itself",
      { risk: { config: { nats: {} } } },
      "additional properties 'nats' not allowed",
    ],
  ])("%s", async (_what, values, reason) => {
    const { ok, stderr } = await render({ chart: "hedgelock", values });
    expect(ok).toBe(false);
    expect(stderr).toContain(reason);
  });

  test.each([
    [
      "mainnet said once",
      { global: { venue: { environment: "mainnet" } } },
      "say so a second time with venue.mainnetAcknowledgement, the account names, sorted, with commas between (main,treasury-btc)",
    ],
    ["no accounts", { global: { accounts: [] } }, "accounts is empty: name the accounts to look after"],
    [
      "exchange keys left out",
      { hedger: { keys: { existingSecret: "" } } },
      "hedger: keys.existingSecret is empty: name the Secret with the trade keys of the exchange, one key <account>.json an account",
    ],
    [
      "the development passwords of NATS",
      { global: { nats: { enabled: true, servers: [], existingSecret: "" } } },
      "nats: venue.environment is testnet, but the passwords are the development ones, which everybody knows",
    ],
    [
      "the paper exchange",
      { global: { paper: { enabled: true } } },
      "the paper exchange and its public demo keys have no place beside a real exchange",
    ],
  ])("production: %s", async (_what, values, reason) => {
    const { ok, stderr } = await render({ chart: "hedgelock", files: PRODUCTION, values });
    expect(ok).toBe(false);
    expect(stderr).toContain(reason);
  });

  test("a part alone names what it lacks", async () => {
    const collector = await render({ chart: "collector", files: STANDALONE });
    expect(collector.stderr).toContain("collector: venue.environment is empty: paper, testnet or mainnet");
    const hedger = await render({
      chart: "hedger",
      files: STANDALONE,
      values: { venue: { environment: "paper" }, accounts: ["a"] },
    });
    expect(hedger.stderr).toContain("hedger: venue.restUrl and venue.wsUrl are empty: say where the paper exchange is");
  });

  test("a release name that would make names too long", async () => {
    const { ok, stderr } = await render({ chart: "hedgelock", release: "a".repeat(41) });
    expect(ok).toBe(false);
    expect(stderr).toContain("is too long: use at most 40 characters");
    expect((await render({ chart: "hedgelock", release: "a".repeat(40) })).ok).toBe(true);
  });
});
