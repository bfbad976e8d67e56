import type { EventLine, EventWord } from "../feed/event-line.ts";
import type { AccountView, LiveState } from "../feed/live-model.ts";
import type { PriceView } from "../feed/price-history.ts";
import type { Percentiles } from "../report/percentiles.ts";
import type { StateName } from "../report/schema.ts";
import type { Glyphs } from "./glyphs.ts";
import { sparkline } from "./glyphs.ts";
import { ltvBar } from "./ltv-bar.ts";
import { paint, span } from "./spans.ts";
import type { Row, Style } from "./spans.ts";

/** What the view is drawn with beside the live state. */
export interface ViewFrame {
  readonly state: LiveState;
  /** Name of the replay. */
  readonly title: string;
  readonly services: readonly { readonly name: string; readonly up: boolean }[];
  /** Last line: where the logs are, how to stop. */
  readonly footer: string;
}

export interface ViewSize {
  readonly columns: number;
  readonly rows: number;
}

const INTEGER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const PRICE = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const STATE_STYLE: Readonly<Record<StateName, Style>> = {
  NONE: "dim",
  NORMAL: "green",
  CAUTION: "yellow",
  DANGER: "orange",
  CRITICAL: "red",
};
const WORD_STYLE: Partial<Readonly<Record<EventWord, Style>>> = {
  fill: "green",
  verified: "green",
  residual: "orange",
  refused: "orange",
  rejected: "red",
  unknown: "red",
  liquidated: "red",
};
const PROGRESS_WIDTH = 24;
/** Rows of the screen that are not accounts or events: head, prices' frame, table head, totals, latency, footer. */
const FIXED_ROWS = 10;
const MIN_EVENT_ROWS = 4;
const WIDE_COLUMNS = 110;

function milliseconds({ p50, p99, n }: Percentiles): string {
  return p50 === null || p99 === null ? "-" : `p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} ms (${INTEGER.format(n)})`;
}

function headRows(frame: ViewFrame, glyphs: Glyphs): Row[] {
  const { replay, ticks } = frame.state;
  const done = Math.round(replay.progress * PROGRESS_WIDTH);
  const bar = glyphs.full.repeat(done) + glyphs.empty.repeat(PROGRESS_WIDTH - done);
  const clock =
    replay.replayTimeMs === undefined
      ? "waiting for the first tick"
      : `${new Date(replay.replayTimeMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const services = frame.services.flatMap(({ name, up }) => [
    span(`${name} `),
    span(up ? "up" : "DOWN", up ? "green" : "red"),
    span("  "),
  ]);
  return [
    [
      span("HedgeLock ", "bold"),
      span(`${frame.title}  `, "cyan"),
      span(`${clock}  `),
      span(bar, "cyan"),
      span(` ${Math.floor(replay.progress * 100)} %`),
    ],
    [...services, span(`${INTEGER.format(ticks)} ticks`, "dim")],
  ];
}

function priceRow(price: PriceView, size: ViewSize, glyphs: Glyphs): Row {
  const change = (price.price / price.first - 1) * 100;
  const head = `${price.symbol.padEnd(9)} ${PRICE.format(price.price).padStart(11)} `;
  const moved = `${change >= 0 ? "+" : ""}${change.toFixed(1)} %`.padStart(8);
  const width = size.columns - head.length - moved.length - 2;
  return [
    span(head, "bold"),
    span(moved, change < 0 ? "red" : "green"),
    span("  "),
    span(sparkline(price.history, width, glyphs), "cyan"),
  ];
}

function money(value: number | undefined): string {
  return value === undefined ? "-" : INTEGER.format(value);
}

function quantity(text: string): string {
  return text === "" ? "-" : Number(text).toFixed(3);
}

/** Widths of the table's columns that depend on the terminal and on the number of hedge symbols. */
interface Columns {
  readonly bar: number;
  readonly quantity: number;
  readonly money: number;
}

function columnsOf(state: LiveState, size: ViewSize): Columns {
  const symbols = Math.max(1, state.prices.length);
  if (size.columns >= WIDE_COLUMNS) return { bar: 30, quantity: 8 * symbols + 2, money: 10 };
  return { bar: 10, quantity: 8 * symbols, money: 6 };
}

function stateText(account: AccountView): string {
  if (account.liquidated) return "LIQUIDATED";
  return account.state === "NONE" ? "-" : account.state;
}

function accountRow(account: AccountView, columns: Columns, glyphs: Glyphs): Row {
  const style = account.liquidated ? "red" : STATE_STYLE[account.state];
  const joined = (quantities: readonly string[]): string =>
    ` ${(quantities.map(quantity).join("/") || "-").padStart(columns.quantity)}`;
  return [
    span(`${account.account.padEnd(9)} `),
    span(`${account.ltv === undefined ? "-" : account.ltv.toFixed(3)} `.padStart(7), style),
    ...ltvBar(account.ltv, columns.bar, style, glyphs),
    span(` ${stateText(account).padEnd(10)}`, style),
    span(joined(account.netDelta.map(({ qty }) => qty))),
    span(joined(account.hedges.map((hedge) => hedge.target))),
    span(joined(account.hedges.map((hedge) => hedge.actual)), "bold"),
    span(` ${money(account.hedgedUsd).padStart(columns.money)} ${money(account.unhedgedUsd).padStart(columns.money)}`),
  ];
}

function tableHead(columns: Columns): Row {
  const scale = `0.5${" ".repeat(columns.bar - 6)}1.0`;
  const quantities = ["delta", "target", "hedge"].map((title) => title.padStart(columns.quantity)).join(" ");
  const net = `${"hedged".padStart(columns.money)} ${"bare $".padStart(columns.money)}`;
  return [
    span(`${"account".padEnd(9)} ${"LTV ".padStart(7)}${scale} ${"state".padEnd(10)} ${quantities} ${net}`, "dim"),
  ];
}

function eventRow(line: EventLine): Row {
  const trace = line.traceId === "" ? "" : `  trace ${line.traceId.slice(0, 8)}`;
  return [
    span(line.word.padEnd(11), WORD_STYLE[line.word] ?? "plain"),
    span(line.account === "" ? "" : `${line.account} `),
    span(line.text),
    span(trace, "dim"),
  ];
}

/** The liquidated ones, then by LTV from the highest. */
function worstFirst(accounts: readonly AccountView[]): readonly AccountView[] {
  const rank = (account: AccountView): number => (account.liquidated ? 10 : 0) + (account.ltv ?? 0);
  return accounts.toSorted((a, b) => rank(b) - rank(a));
}

function totalsRow(state: LiveState): Row {
  const count = (name: StateName): string =>
    `${state.accounts.filter((account) => account.state === name && !account.liquidated).length} ${name}`;
  const liquidated = state.accounts.filter((account) => account.liquidated).length;
  return [
    span(`${state.accounts.length} accounts: `, "dim"),
    span(
      [
        count("NORMAL"),
        count("CAUTION"),
        count("DANGER"),
        count("CRITICAL"),
        `${liquidated} liquidated`,
        `${state.fills} fills`,
      ].join(", "),
      "dim",
    ),
  ];
}

/**
 * The whole screen, one string a row, never more than `rows` rows or `columns` characters. Pure: the same frame gives
 * the same text.
 */
export function renderView(
  frame: ViewFrame,
  size: ViewSize,
  look: { readonly colour: boolean; readonly glyphs: Glyphs },
): readonly string[] {
  const { state } = frame;
  const { glyphs } = look;
  const columns = columnsOf(state, size);
  const rule: Row = [span(glyphs.separator.repeat(size.columns), "dim")];
  const room = Math.max(1, size.rows - FIXED_ROWS - state.prices.length - MIN_EVENT_ROWS);
  const accounts = state.accounts.length <= room ? state.accounts : worstFirst(state.accounts).slice(0, room);
  const rows: Row[] = [
    ...headRows(frame, glyphs),
    rule,
    ...state.prices.map((price) => priceRow(price, size, glyphs)),
    rule,
    tableHead(columns),
    ...accounts.map((account) => accountRow(account, columns, glyphs)),
    totalsRow(state),
    rule,
  ];
  const tail: Row[] = [
    [
      span(
        `tick -> decision ${milliseconds(state.tickToDecision)}   tick -> fill ${milliseconds(state.tickToFill)}`,
        "dim",
      ),
    ],
    [span(frame.footer, "dim")],
  ];
  const eventRows = Math.max(0, size.rows - rows.length - tail.length);
  const events = eventRows === 0 ? [] : state.recent.slice(-eventRows).map(eventRow);
  return [...rows, ...events, ...tail].slice(0, size.rows).map((row) => paint(row, size.columns, look.colour));
}
