import { expect, it } from "vitest";

import { traceChoice } from "./trace-choice.ts";

it.each([
  [{}, { kind: "files", directory: "/work/.hedgelock/traces" }],
  [{ traces: "x" }, { kind: "files", directory: "/work/x" }],
  [{ traces: "/x" }, { kind: "files", directory: "/x" }],
  [{ jaeger: true }, { kind: "jaeger" }],
  [{ otlp: "http://127.0.0.1:4318" }, { kind: "otlp", url: "http://127.0.0.1:4318" }],
])("%j means %j", (values, choice) => {
  expect(traceChoice("start", values, "/work")).toEqual(choice);
});

it.each([
  [{ jaeger: true, otlp: "http://x" }, "exclude each other"],
  [{ jaeger: true, traces: "x" }, "exclude each other"],
  [{ otlp: "x:4318" }, "--otlp must be the base address"],
  [{ otlp: "http://user@x" }, "--otlp must be the base address"],
])("%j is refused", (values, message) => {
  expect(() => traceChoice("start", values, "/work")).toThrow(message);
});
