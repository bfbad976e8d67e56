/** Counter, gauge and histogram as the services use them; names follow Prometheus (`hedgelock_…_total`, units last). */
export interface Counter {
  inc(by?: number): void;
}
export interface Gauge {
  set(value: number): void;
}
export interface Histogram {
  /** In the unit the name says. */
  observe(value: number): void;
}

/** Makes metrics. Asking twice for the same name and labels gives the same metric. */
export interface Metrics {
  counter(name: string, help: string, labels?: Readonly<Record<string, string>>): Counter;
  gauge(name: string, help: string, labels?: Readonly<Record<string, string>>): Gauge;
  histogram(
    name: string,
    help: string,
    buckets: readonly number[],
    labels?: Readonly<Record<string, string>>,
  ): Histogram;
}
