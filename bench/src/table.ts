/** One measured figure beside its goal. */
export interface Figure {
  /** What was measured, under which conditions. */
  readonly name: string;
  /** The goal of the design, "" when none was set. */
  readonly goal: string;
  readonly unit: string;
  /** Values by column: p50, p99, p999, rate, n … */
  readonly values: Readonly<Record<string, number>>;
}

function shorten(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1_000) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(3);
}

/** The figures as a Markdown table, for the terminal and for docs/performance.md alike. */
export function figureTable(figures: readonly Figure[]): string {
  const columns = [...new Set(figures.flatMap((figure) => Object.keys(figure.values)))];
  const head = ["figure", "unit", ...columns, "goal"];
  const rows = figures.map((figure) => [
    figure.name,
    figure.unit,
    ...columns.map((column) => {
      const value = figure.values[column];
      return value === undefined ? "" : shorten(value);
    }),
    figure.goal,
  ]);
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Value below which the share `q` of the sorted samples lies (nearest rank). */
export function quantile(sorted: readonly number[], q: number): number {
  const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1));
  return sorted[index] ?? Number.NaN;
}

/** p50, p99, p999 and n of samples. */
export function percentiles(samples: readonly number[]): Record<string, number> {
  const sorted = samples.toSorted((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), p999: quantile(sorted, 0.999), n: sorted.length };
}
