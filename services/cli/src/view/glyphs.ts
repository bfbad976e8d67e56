/** Characters that bars and lines are drawn with. */
export interface Glyphs {
  readonly full: string;
  readonly empty: string;
  readonly line: string;
  readonly levels: readonly string[];
  readonly separator: string;
}

export const UNICODE_GLYPHS: Glyphs = {
  full: "\u2588",
  empty: "\u00b7",
  line: "\u2502",
  levels: Array.from("\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"),
  separator: "\u2500",
};

export const ASCII_GLYPHS: Glyphs = {
  full: "#",
  empty: ".",
  line: "|",
  levels: ["_", ".", "-", "~", "^"],
  separator: "-",
};

/** Unicode where the locale says so. */
export function glyphsFor(environment: Readonly<Record<string, string | undefined>>): Glyphs {
  const locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? "";
  return /utf-?8/i.test(locale) ? UNICODE_GLYPHS : ASCII_GLYPHS;
}

/** A row of block characters through the last `width` values, scaled to their range. */
export function sparkline(values: readonly number[], width: number, glyphs: Glyphs): string {
  const shown = values.slice(-Math.max(0, width));
  const low = Math.min(...shown);
  const range = Math.max(...shown) - low;
  const top = glyphs.levels.length - 1;
  return shown
    .map((value) => glyphs.levels[range === 0 ? 0 : Math.round(((value - low) / range) * top)] ?? "")
    .join("");
}
