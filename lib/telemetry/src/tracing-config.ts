import { z } from "zod";

const TRACES_PATH = "/v1/traces";

function isOtlpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return (
    (protocol === "http:" || protocol === "https:") &&
    username === "" &&
    password === "" &&
    search === "" &&
    hash === ""
  );
}

/** The `tracing` block of every service's configuration. Without it, no spans are made. */
export const tracingConfig = z
  .strictObject({
    /** `otlp`: OTLP/HTTP protobuf to `otlpUrl`; `file`: JSON lines below `directory`. */
    exporter: z.enum(["none", "otlp", "file"]).default("none"),
    /** Base address of the back end, such as `http://jaeger:4318`; `/v1/traces` is added. */
    otlpUrl: z
      .string()
      .refine(
        isOtlpUrl,
        'write the base address of an OTLP/HTTP back end such as "http://jaeger:4318", without user, query or fragment',
      )
      .optional(),
    directory: z.string().min(1).optional(),
    /** Share of ticks whose trace is kept although it led to nothing. */
    baselineRatio: z.number().min(0).max(1).default(0.0001),
  })
  .prefault({})
  .superRefine((value, context) => {
    const needed = (key: "otlpUrl" | "directory"): void => {
      if (value[key] === undefined)
        context.addIssue({ code: "custom", path: [key], message: `is needed with the exporter "${value.exporter}"` });
    };
    if (value.exporter === "otlp") needed("otlpUrl");
    if (value.exporter === "file") needed("directory");
  });
export type TracingConfig = z.infer<typeof tracingConfig>;

/** Where OTLP/HTTP traces are posted to (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request). */
export function tracesUrl(baseUrl: string): string {
  const base = baseUrl.replace(/\/+$/, "");
  return base.endsWith(TRACES_PATH) ? base : `${base}${TRACES_PATH}`;
}
