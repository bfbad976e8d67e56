import { readFile } from "node:fs/promises";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { ROOT, render } from "./support/helm.ts";
import { CHARTS } from "./tools/intros.ts";

type Values = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Maps whose keys are names that the user chooses. */
const FREE =
  /(?:^|\/)(?:labels|nodeSelector|podLabels|podAnnotations|devPasswords|collateral|collateralTiers|minHedgeBaseQty|perSymbol)$/;
const TYPO = "tpyo";

/** Puts a key that nobody knows into every object of the values, and says where. */
function withTypos(values: unknown, path: string, places: string[]): unknown {
  if (Array.isArray(values)) return values.map((item, index) => withTypos(item, `${path}/${index}`, places));
  if (!isMap(values)) return values;
  const inner = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, withTypos(value, `${path}/${key}`, places)]),
  );
  if (FREE.test(path)) return inner;
  places.push(path);
  return { ...inner, [TYPO]: 1 };
}

async function valuesOf(chart: string): Promise<unknown> {
  const values: unknown = parse(await readFile(`${ROOT}charts/${chart}/values.yaml`, "utf8"));
  return values;
}

describe("a typo is refused wherever it stands", () => {
  test.each(CHARTS)("charts/%s", async (chart) => {
    const places: string[] = [];
    const { ok, stderr } = await render({ chart, values: withTypos(await valuesOf(chart), "", places) });
    expect(ok).toBe(false);
    const unnoticed = places.filter(
      (path) => !stderr.includes(`at '${path}': additional properties '${TYPO}' not allowed`),
    );
    expect(unnoticed).toEqual([]);
    expect(places.length).toBeGreaterThan(4);
  });

  test.each([
    ["risk", { config: { policy: { levels: { cuation: 0.6 } } } }, "/config/policy/levels"],
    [
      "hedger",
      { config: { limits: { perSymbol: { BTCUSDT: { maxOrderQuantity: "1" } } } } },
      "/config/limits/perSymbol/BTCUSDT",
    ],
    ["collector", { config: { loanPoll: 1 } }, "/config"],
    ["paper", { config: { feeRates: { taker: "0.1" } } }, "/config/feeRates"],
    ["hedger", { tolerations: [{ kye: "a" }] }, "/tolerations/0"],
    [
      "hedger",
      { networkPolicy: { natsPeers: [{ podSelector: { matchLabel: {} } }] } },
      "/networkPolicy/natsPeers/0/podSelector",
    ],
    ["hedgelock", { riks: { enabled: false } }, ""],
    ["hedgelock", { global: { paper: { enabled: false } }, paper: { crsah: "x" } }, "/paper"],
  ])("charts/%s: %j", async (chart, values, place) => {
    const { ok, stderr } = await render({ chart, values });
    expect(ok).toBe(false);
    expect(stderr).toMatch(new RegExp(`at '${place}': additional properties '\\w+' not allowed`));
  });
});

describe("a wrong value is refused with its place", () => {
  test.each([
    ["risk", { replicas: 2 }, "/replicas': maximum: got 2, want 1"],
    ["collector", { replicas: 3 }, "/replicas': maximum: got 3, want 2"],
    ["nats", { replicas: 2 }, "/replicas': value must be one of 1, 3, 5"],
    ["risk", { logLevel: "verbose" }, "/logLevel': value must be one of 'debug', 'info', 'warn', 'error'"],
    ["hedger", { venue: { environment: "main" } }, "/venue/environment': value must be one of"],
    ["hedger", { accounts: ["a b"] }, "/accounts/0': 'a b' does not match pattern"],
    ["hedger", { accounts: ["a", "a"] }, "/accounts': items at 0 and 1 are equal"],
    ["risk", { nats: { servers: ["nats://user:secret@host:4222"] } }, "/nats/servers/0': "],
    ["risk", { resources: { limits: { memory: "lots" } } }, "/resources/limits/memory': 'lots' does not match pattern"],
    ["risk", { podLabels: { "app.kubernetes.io/name": "nats" } }, "invalid propertyName 'app.kubernetes.io/name'"],
    ["risk", { podLabels: { "hedgelock.io/test": "true" } }, "invalid propertyName 'hedgelock.io/test'"],
    ["risk", { config: { policy: { dwellMs: -1 } } }, "/config/policy/dwellMs': minimum: got -1, want 0"],
    ["risk", { networkPolicy: { natsPeers: [{}] } }, "/networkPolicy/natsPeers/0': minProperties: got 0, want 1"],
    ["provision", { partitions: 0 }, "/partitions': minimum: got 0, want 1"],
    [
      "paper",
      { demoAccounts: [{ account: "a", uid: "1", startLtv: 1.2, collateral: { BTC: "1" } }] },
      "/demoAccounts/0/startLtv': ",
    ],
    [
      "hedgelock",
      { global: { image: { digest: "sha256:123" } } },
      "/global/image/digest': 'sha256:123' does not match pattern",
    ],
    [
      "hedgelock",
      { global: { tracing: { otlpUrl: "jaeger:4318" } } },
      "/global/tracing/otlpUrl': 'jaeger:4318' does not match pattern",
    ],
  ])("charts/%s: %j", async (chart, values, reason) => {
    const { ok, stderr } = await render({ chart, values });
    expect(ok).toBe(false);
    expect(stderr).toContain(reason);
  });
});
