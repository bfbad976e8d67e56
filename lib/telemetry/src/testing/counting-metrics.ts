import type { Metrics } from "@hedgelock/runtime";

/** Counts in memory, by name and label values. */
export function countingMetrics(): Metrics & { value(name: string, ...labels: readonly string[]): number } {
  const values = new Map<string, number>();
  const key = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
    [name, ...Object.values(labels)].join(" ");
  const add = (name: string, by: number): void => void values.set(name, (values.get(name) ?? 0) + by);
  return {
    value: (name, ...labels) => values.get([name, ...labels].join(" ")) ?? 0,
    counter: (name, _help, labels) => ({ inc: (by = 1) => add(key(name, labels), by) }),
    gauge: (name, _help, labels) => ({ set: (value) => void values.set(key(name, labels), value) }),
    histogram: (name, _help, _buckets, labels) => ({ observe: () => add(key(name, labels), 1) }),
  };
}
