import type { Metrics } from "@hedgelock/runtime";

/** Metrics a test can read. */
export interface CountingMetrics extends Metrics {
  value(name: string, labels?: Readonly<Record<string, string>>): number;
  /** Number of observations of a histogram. */
  observations(name: string): number;
}

export function countingMetrics(): CountingMetrics {
  const values = new Map<string, number>();
  const keyOf = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
    `${name}${JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
  const add = (key: string, by: number): void => {
    values.set(key, (values.get(key) ?? 0) + by);
  };
  return {
    counter: (name, _help, labels) => ({ inc: (by = 1) => add(keyOf(name, labels), by) }),
    gauge: (name, _help, labels) => ({
      set: (value) => {
        values.set(keyOf(name, labels), value);
      },
    }),
    histogram: (name) => ({ observe: () => add(`${name}/n`, 1) }),
    value: (name, labels) => values.get(keyOf(name, labels)) ?? 0,
    observations: (name) => values.get(`${name}/n`) ?? 0,
  };
}
