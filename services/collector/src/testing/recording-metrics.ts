import type { Metrics } from "@hedgelock/runtime";

/** Metrics that can be looked at. */
export interface RecordingMetrics extends Metrics {
  /** Value of a counter or gauge, or the number of observations of a histogram; 0 when never touched. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
}

export function recordingMetrics(): RecordingMetrics {
  const values = new Map<string, number>();
  const key = (name: string, labels: Readonly<Record<string, string>> = {}): string => name + JSON.stringify(labels);
  const add = (id: string, by: number): void => {
    values.set(id, (values.get(id) ?? 0) + by);
  };
  return {
    counter: (name, _help, labels) => ({ inc: (by = 1) => add(key(name, labels), by) }),
    gauge: (name, _help, labels) => ({ set: (value) => void values.set(key(name, labels), value) }),
    histogram: (name, _help, _buckets, labels) => ({ observe: () => add(key(name, labels), 1) }),
    value: (name, labels) => values.get(key(name, labels)) ?? 0,
  };
}
