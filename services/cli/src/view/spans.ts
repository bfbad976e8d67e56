/** How a piece of text looks where colour is allowed. */
export type Style = "plain" | "dim" | "bold" | "green" | "yellow" | "orange" | "red" | "cyan";

/** A piece of text with one look. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** A row of the screen. */
export type Row = readonly Span[];

const ESCAPE = "\u001b[";
const CODES: Readonly<Record<Style, string>> = {
  plain: "",
  dim: "2",
  bold: "1",
  green: "32",
  yellow: "33",
  orange: "38;5;208",
  red: "1;31",
  cyan: "36",
};

export function span(text: string, style: Style = "plain"): Span {
  return { text, style };
}

/** A row as terminal text, cut at `columns` characters. Without colour it holds no escape sequence. */
export function paint(row: Row, columns: number, colour: boolean): string {
  let left = columns;
  let text = "";
  for (const piece of row) {
    if (left <= 0) break;
    const shown = Array.from(piece.text).slice(0, left);
    left -= shown.length;
    const code = CODES[piece.style];
    text += colour && code !== "" ? `${ESCAPE}${code}m${shown.join("")}${ESCAPE}0m` : shown.join("");
  }
  return text;
}
