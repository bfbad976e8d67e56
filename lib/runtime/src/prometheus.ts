import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
  collectDefaultMetrics,
} from "prom-client";

import type { Histogram, Metrics } from "./metrics.ts";

type Labels = Readonly<Record<string, string>>;

/** What a scrape gets. */
export interface Scrape {
  readonly contentType: string;
  readonly body: string;
}

/** Metrics that can be scraped. */
export interface ScrapedMetrics extends Metrics {
  /** The exposition: OpenMetrics, which has exemplars, for whoever accepts it, else Prometheus' text. @param accept header */
  scrape(accept?: string): Promise<Scrape>;
}

const OPEN_METRICS = "application/openmetrics-text";

/** Writes a registry out in either format, one scrape after the other: the client library changes names while it writes OpenMetrics. */
function scraper(registry: Registry): ScrapedMetrics["scrape"] {
  let last: Promise<unknown> = Promise.resolve();
  const text = async (): Promise<Scrape> => ({ contentType: registry.contentType, body: await registry.metrics() });
  const open = async (): Promise<Scrape> => {
    const names = new Map(registry.getMetricsAsArray().map((metric) => [metric, metric.name]));
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    try {
      return await text();
    } finally {
      for (const [metric, name] of names) metric.name = name;
      registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
    }
  };
  return (accept = "") => {
    const write = accept.includes(OPEN_METRICS) ? open : text;
    const scrape = last.then(write, write);
    last = scrape;
    return scrape;
  };
}

/** A registry of its own for each service, with the process metrics of Node and `service` on every series. */
export function prometheusMetrics(service: string): ScrapedMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const counters = new Map<string, PromCounter>();
  const gauges = new Map<string, PromGauge>();
  const histograms = new Map<string, PromHistogram>();
  const once = <Metric>(known: Map<string, Metric>, name: string, make: () => Metric): Metric => {
    const existing = known.get(name);
    if (existing !== undefined) return existing;
    const made = make();
    known.set(name, made);
    return made;
  };
  const common = (name: string, help: string, labels: Labels) => ({
    name,
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  return {
    scrape: scraper(registry),
    counter(name, help, labels = {}) {
      const child = once(counters, name, () => new PromCounter(common(name, help, labels))).labels(labels);
      child.inc(0);
      return { inc: (by = 1) => child.inc(by) };
    },
    gauge(name, help, labels = {}) {
      const child = once(gauges, name, () => new PromGauge(common(name, help, labels))).labels(labels);
      return { set: (value) => child.set(value) };
    },
    histogram(name, help, buckets, labels = {}, { exemplars = false } = {}): Histogram {
      const parent = once(
        histograms,
        name,
        () => new PromHistogram({ ...common(name, help, labels), buckets: [...buckets], enableExemplars: exemplars }),
      );
      const child = parent.labels(labels);
      if (!exemplars) return { observe: (value) => child.observe(value) };
      return {
        observe(value, exemplar) {
          if (exemplar === undefined) child.observe(value);
          else parent.observe({ labels, value, exemplarLabels: { trace_id: exemplar.traceId } });
        },
      };
    },
  };
}
