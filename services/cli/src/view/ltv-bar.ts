import type { Glyphs } from "./glyphs.ts";
import { span } from "./spans.ts";
import type { Row, Style } from "./spans.ts";

/** LTV at the left and right end of the bar. */
export const BAR_RANGE = { from: 0.5, to: 1 } as const;

/** Where states begin, and the exchange's own lines: margin call and liquidation. */
export const LTV_LINES = { caution: 0.65, danger: 0.75, critical: 0.83, marginCall: 0.85, liquidation: 0.95 } as const;

function cellOf(ltv: number, width: number): number {
  return Math.round(((ltv - BAR_RANGE.from) / (BAR_RANGE.to - BAR_RANGE.from)) * width);
}

/** A bar from 0.50 to 1.00 that shows the LTV and the lines it runs into. */
export function ltvBar(ltv: number | undefined, width: number, style: Style, glyphs: Glyphs): Row {
  const filled = ltv === undefined ? 0 : Math.min(width, Math.max(0, cellOf(ltv, width)));
  const lines = new Set(Object.values(LTV_LINES).map((line) => Math.min(width - 1, cellOf(line, width))));
  return Array.from({ length: width }, (_unused, cell) => {
    if (cell < filled) return span(glyphs.full, style);
    if (cell === Math.min(width - 1, cellOf(LTV_LINES.liquidation, width))) return span(glyphs.line, "red");
    return lines.has(cell) ? span(glyphs.line, "dim") : span(glyphs.empty, "dim");
  });
}
