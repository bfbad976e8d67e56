import { hostname } from "node:os";

import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace, type Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, TracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace";

import { errorText } from "@hedgelock/runtime";

import { SPAN, SPANS, type SpanKindName } from "../registry/spans.ts";
import type { SpanRecord } from "../span-record.ts";
import { tracesUrl } from "../tracing-config.ts";
import type { ExportOutcome, SpanSink } from "./span-sink.ts";

const SCOPE = "hedgelock";
/** Of one batch, retries of the exporter included. */
const EXPORT_TIMEOUT_MS = 5000;
const WARM_UP_ROUNDS = 20;
const WARM_UP_SPANS = 64;
const EXPORT_SUCCESS = 0;
/** Refusals that another try may cure: timeout, too many requests. */
const PASSING_REFUSALS: readonly number[] = [408, 429];

const KINDS: Readonly<Record<SpanKindName, SpanKind>> = {
  INTERNAL: SpanKind.INTERNAL,
  CLIENT: SpanKind.CLIENT,
  PRODUCER: SpanKind.PRODUCER,
  CONSUMER: SpanKind.CONSUMER,
};

/** Seconds and nanoseconds, as the SDK takes exact times. */
function hrTime(us: number): [number, number] {
  const seconds = Math.floor(us / 1e6);
  return [seconds, Math.round((us - seconds * 1e6) * 1000)];
}

/** A step shorter than the clock can tell gets a nanosecond: Jaeger takes an end that is not after the start for an error. */
function endTime({ startUs, endUs }: SpanRecord): [number, number] {
  if (endUs > startUs) return hrTime(endUs);
  const [seconds, nanoseconds] = hrTime(startUs);
  return [seconds, nanoseconds + 1];
}

/** Makes the SDK's spans of ours: the ids are forced, the times given. */
class SpanBuilder {
  readonly #instance: string;
  readonly #tracers = new Map<string, Tracer>();
  readonly #ended: ReadableSpan[] = [];
  #traceId = "";
  #spanId = "";

  constructor(instance: string) {
    this.#instance = instance;
  }

  build(records: readonly SpanRecord[]): ReadableSpan[] {
    for (const record of records) this.#one(record);
    return this.#ended.splice(0);
  }

  #one(record: SpanRecord): void {
    const spec = SPANS[record.name];
    this.#traceId = record.traceId;
    this.#spanId = record.spanId;
    const parent =
      record.parentSpanId === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId: record.traceId,
            spanId: record.parentSpanId,
            traceFlags: TraceFlags.SAMPLED,
            isRemote: true,
          });
    const attributes: Record<string, string | number | boolean | string[]> = {};
    for (const [name, value] of Object.entries(record.attributes))
      attributes[name] = typeof value === "object" ? [...value] : value;
    const span = this.#tracer(spec.service).startSpan(
      record.name,
      {
        kind: KINDS[spec.kind],
        startTime: hrTime(record.startUs),
        attributes,
        links: (record.links ?? []).map((context) => ({ context: { ...context, traceFlags: TraceFlags.NONE } })),
      },
      parent,
    );
    if (record.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: record.error });
    span.end(endTime(record));
  }

  #tracer(service: string): Tracer {
    const known = this.#tracers.get(service);
    if (known !== undefined) return known;
    const provider = new TracerProvider({
      resource: resourceFromAttributes({
        "service.name": service,
        "service.namespace": "hedgelock",
        "service.instance.id": this.#instance,
        // Spans of one machine have one clock: without this Jaeger suspects a skew wherever a child outlasts its parent.
        "host.name": hostname(),
      }),
      sampler: new AlwaysOnSampler(),
      idGenerator: { generateTraceId: () => this.#traceId, generateSpanId: () => this.#spanId },
      spanProcessors: [
        {
          onStart: () => undefined,
          onEnd: (span) => void this.#ended.push(span),
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
      ],
    });
    const tracer = provider.getTracer(SCOPE);
    this.#tracers.set(service, tracer);
    return tracer;
  }
}

/** The serializer's first batches take up to 80 ms: better at the start than beside the first hedge. */
function warmUp(builder: SpanBuilder): void {
  const span: SpanRecord = {
    name: SPAN.RECEIVE_TICK,
    traceId: "1".repeat(32),
    spanId: "1".repeat(16),
    parentSpanId: "2".repeat(16),
    startUs: 1,
    endUs: 2,
    attributes: { "messaging.system.name": "nats", "hedgelock.exchange.seq": 1 },
    links: [{ traceId: "1".repeat(32), spanId: "1".repeat(16) }],
  };
  const batch = Array.from({ length: WARM_UP_SPANS }, () => span);
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1)
    ProtobufTraceSerializer.serializeRequest(builder.build(batch));
}

function isRetryable(error: Error | undefined): boolean {
  const code = error !== undefined && "code" in error ? error.code : undefined;
  return typeof code !== "number" || code < 400 || code >= 500 || PASSING_REFUSALS.includes(code);
}

/** OTLP over HTTP, protobuf. Importing this file loads the OpenTelemetry SDK, so it is imported only when it is used. */
export function createOtlpSink(options: {
  readonly otlpUrl: string;
  /** Names this process. */
  readonly instance: string;
  /** Of one batch, retries included. */
  readonly timeoutMs?: number;
}): SpanSink {
  const builder = new SpanBuilder(options.instance);
  warmUp(builder);
  const url = tracesUrl(options.otlpUrl);
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: options.timeoutMs ?? EXPORT_TIMEOUT_MS });
  return {
    export: (records) =>
      new Promise<ExportOutcome>((resolve) => {
        try {
          exporter.export(builder.build(records), ({ code, error }) => {
            const status: number = code;
            if (status === EXPORT_SUCCESS) resolve({ kind: "stored" });
            else
              resolve({
                kind: "failed",
                reason: `${url}: ${errorText(error ?? "no reason given")}`,
                retry: isRetryable(error),
              });
          });
        } catch (error) {
          resolve({ kind: "failed", reason: errorText(error), retry: false });
        }
      }),
    close: () => exporter.shutdown(),
  };
}
