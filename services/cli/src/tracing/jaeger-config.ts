/** Ports of a local Jaeger, all on the loopback interface. */
export interface JaegerPorts {
  readonly otlpHttp: number;
  readonly otlpGrpc: number;
  readonly queryHttp: number;
  readonly queryGrpc: number;
  readonly health: number;
}

/** Traces kept in memory; the oldest go first. */
const MAX_TRACES = 100_000;

/**
 * Configuration of a Jaeger v2 that keeps traces in memory and listens on the loopback interface alone. JSON is YAML, so
 * it can be written as such. Jaeger's own spans are off: it would store each of its API calls as a trace.
 * https://www.jaegertracing.io/docs/latest/deployment/configuration/
 */
export function jaegerConfig(ports: JaegerPorts): unknown {
  const at = (port: number): { readonly endpoint: string } => ({ endpoint: `127.0.0.1:${port}` });
  return {
    service: {
      extensions: ["healthcheckv2", "jaeger_storage", "jaeger_query"],
      pipelines: {
        traces: { receivers: ["otlp"], processors: ["batch"], exporters: ["jaeger_storage_exporter"] },
      },
      telemetry: {
        resource: { "service.name": "jaeger" },
        traces: { level: "none" },
        metrics: { level: "none" },
        logs: { level: "info" },
      },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: at(ports.health) },
      jaeger_storage: { backends: { memory: { memory: { max_traces: MAX_TRACES } } } },
      jaeger_query: { storage: { traces: "memory" }, http: at(ports.queryHttp), grpc: at(ports.queryGrpc) },
    },
    receivers: { otlp: { protocols: { grpc: at(ports.otlpGrpc), http: at(ports.otlpHttp) } } },
    processors: { batch: { timeout: "200ms" } },
    exporters: { jaeger_storage_exporter: { trace_storage: "memory" } },
  };
}
