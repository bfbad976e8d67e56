import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
  collectDefaultMetrics,
} from "prom-client";

import type { Metrics } from "./metrics.ts";

type Labels = Readonly<Record<string, string>>;

/** Metrics that can be scraped. */
export interface ScrapedMetrics extends Metrics {
  readonly contentType: string;
  /** The exposition text. */
  scrape(): Promise<string>;
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
    contentType: registry.contentType,
    scrape: () => registry.metrics(),
    counter(name, help, labels = {}) {
      const child = once(counters, name, () => new PromCounter(common(name, help, labels))).labels(labels);
      child.inc(0);
      return { inc: (by = 1) => child.inc(by) };
    },
    gauge(name, help, labels = {}) {
      const child = once(gauges, name, () => new PromGauge(common(name, help, labels))).labels(labels);
      return { set: (value) => child.set(value) };
    },
    histogram(name, help, buckets, labels = {}) {
      const child = once(
        histograms,
        name,
        () => new PromHistogram({ ...common(name, help, labels), buckets: [...buckets] }),
      ).labels(labels);
      return { observe: (value) => child.observe(value) };
    },
  };
}
