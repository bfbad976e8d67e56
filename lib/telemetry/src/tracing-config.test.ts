import { expect, it } from "vitest";

import { tracesUrl, tracingConfig } from "./tracing-config.ts";

it("records nothing unless it is told to", () => {
  expect(tracingConfig.parse(undefined)).toEqual({ exporter: "none", baselineRatio: 0.0001 });
});

it.each([
  [{ exporter: "otlp", otlpUrl: "http://127.0.0.1:4318" }],
  [{ exporter: "otlp", otlpUrl: "https://otlp.example.org/prefix" }],
  [{ exporter: "file", directory: "/var/lib/traces", baselineRatio: 0 }],
])("takes %j", (value) => {
  expect(tracingConfig.safeParse(value).success).toBe(true);
});

it.each([
  [{ exporter: "otlp" }, "otlpUrl"],
  [{ exporter: "file" }, "directory"],
  [{ exporter: "otlp", otlpUrl: "127.0.0.1:4318" }, "otlpUrl"],
  [{ exporter: "otlp", otlpUrl: "grpc://jaeger:4317" }, "otlpUrl"],
  [{ exporter: "otlp", otlpUrl: "http://user:secret@jaeger:4318" }, "otlpUrl"],
  [{ exporter: "otlp", otlpUrl: "http://jaeger:4318?key=x" }, "otlpUrl"],
  [{ exporter: "none", otlpUrl: "http//typo" }, "otlpUrl"],
  [{ exporter: "jaeger" }, "exporter"],
  [{ baselineRatio: 2 }, "baselineRatio"],
  [{ otlpurl: "http://jaeger:4318" }, ""],
])("refuses %j and names the field", (value, field) => {
  const parsed = tracingConfig.safeParse(value);
  expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toContain(field);
});

it.each([
  ["http://jaeger:4318", "http://jaeger:4318/v1/traces"],
  ["http://jaeger:4318/", "http://jaeger:4318/v1/traces"],
  ["https://x/otlp", "https://x/otlp/v1/traces"],
  ["https://x/v1/traces", "https://x/v1/traces"],
])("posts to %s -> %s", (base, url) => {
  expect(tracesUrl(base)).toBe(url);
});
