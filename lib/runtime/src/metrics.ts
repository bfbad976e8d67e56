/** Counter, gauge and histogram as the services use them; names follow Prometheus (`hedgelock_…_total`, units last). */
export interface Counter {
  inc(by?: number): void;
}
export interface Gauge {
  set(value: number): void;
}

/** A trace that a measured value can be looked up by. */
export interface Exemplar {
  readonly traceId: string;
}

export interface Histogram {
  /** In the unit the name says. @param exemplar kept only by a histogram that was made with `exemplars` */
  observe(value: number, exemplar?: Exemplar): void;
}

/** Makes metrics. Asking twice for the same name and labels gives the same metric. */
export interface Metrics {
  counter(name: string, help: string, labels?: Readonly<Record<string, string>>): Counter;
  gauge(name: string, help: string, labels?: Readonly<Record<string, string>>): Gauge;
  /** @param options.exemplars keeps the newest trace of each bucket: three times the cost, so not for every tick */
  histogram(
    name: string,
    help: string,
    buckets: readonly number[],
    labels?: Readonly<Record<string, string>>,
    options?: { readonly exemplars?: boolean },
  ): Histogram;
}
