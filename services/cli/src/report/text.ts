import type { AccountReport, Report } from "./schema.ts";

const USD = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
/** Accounts shown one by one; the rest is in the JSON file. */
const MAX_ACCOUNTS = 20;

function usd(amount: string): string {
  return USD.format(Number(amount));
}

function percent(fraction: string | null): string {
  return fraction === null ? "-" : `${(Number(fraction) * 100).toFixed(1)} %`;
}

function milliseconds(value: number | null): string {
  if (value === null) return "-";
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** Lays rows out in columns: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

function statePath(account: AccountReport): string {
  const path = account.states.map((change) => change.to);
  return path.length <= 6 ? path.join(" > ") : `${path.slice(0, 3).join(" > ")} > ... > ${path.slice(-2).join(" > ")}`;
}

function position(account: AccountReport): string {
  const held = account.finalPositions.filter(({ qty }) => Number(qty) !== 0);
  return held.length === 0 ? "flat" : held.map(({ symbol, qty }) => `${qty} ${symbol}`).join(", ");
}

/** The accounts whose loan was liquidated, then those that came closest to it. */
function worstFirst(accounts: readonly AccountReport[]): readonly AccountReport[] {
  const rank = (account: AccountReport): number =>
    (account.loan.outcome === "liquidated" ? 10 : 0) + Number(account.highestLtv ?? 0);
  return accounts.toSorted((a, b) => rank(b) - rank(a));
}

function accountLines(report: Report): string[] {
  const shown =
    report.accounts.length <= MAX_ACCOUNTS ? report.accounts : worstFirst(report.accounts).slice(0, MAX_ACCOUNTS);
  const header = [
    "account",
    "highest LTV",
    "loan",
    "lowest hedged",
    "unhedged",
    "final hedged",
    "unhedged",
    "orders",
    "fills",
    "fees",
    "position",
  ];
  const rows = shown.map((account) => [
    account.account,
    percent(account.highestLtv),
    account.loan.outcome === "liquidated" ? "LIQUIDATED" : "open",
    usd(account.lowestEquityUsd.hedged),
    usd(account.lowestEquityUsd.unhedged),
    usd(account.finalEquityUsd.hedged),
    usd(account.finalEquityUsd.unhedged),
    String(account.orders),
    String(account.fills),
    Number(account.feesUsd).toFixed(2),
    position(account),
  ]);
  const hidden = report.accounts.length - shown.length;
  const states = shown
    .filter((account) => account.states.length > 0)
    .map((account) => `  ${account.account}  ${statePath(account)}`);
  return [
    "Net worth in USD, with the hedge and without it:",
    ...table([header, ...rows]).map((line) => `  ${line}`),
    ...(hidden > 0 ? [`  and ${hidden} more, in the JSON file`] : []),
    "",
    "States passed:",
    ...(states.length === 0 ? ["  none left NORMAL"] : states),
  ];
}

function loanLines(report: Report): string[] {
  const lost = report.accounts.filter((account) => account.loan.outcome === "liquidated");
  if (lost.length === 0) return ["No loan was liquidated."];
  const which = lost.length === 1 ? "1 loan was" : `${lost.length} loans were`;
  return [
    `${which} liquidated at the exchange's line. A hedge keeps net worth; it does not lower the loan-to-value: for that`,
    "its profit must be moved to the loan.",
  ];
}

/** The report as people read it on the screen, one line an element. */
export function reportText(report: Report): readonly string[] {
  const { prices, latencyMs, totals, traces } = report;
  const fell = prices.series.map(({ symbol, first, lowest, last }) => {
    const drop = ((Number(lowest) / Number(first) - 1) * 100).toFixed(1);
    return `${symbol} ${USD.format(Number(first))} -> low ${USD.format(Number(lowest))} (${drop} %) -> ${USD.format(Number(last))}`;
  });
  const latency = (["tickToDecision", "decisionToOrder", "tickToFill"] as const).map((name) => {
    const { p50, p99, p999, n } = latencyMs[name];
    const title = {
      tickToDecision: "tick -> decision",
      decisionToOrder: "decision -> order",
      tickToFill: "tick -> fill",
    }[name];
    return [title, milliseconds(p50), milliseconds(p99), milliseconds(p999), String(n)];
  });
  return [
    `Report: ${prices.name ?? "own prices"}, ${prices.from.slice(0, 16)} to ${prices.to.slice(0, 16)} UTC`,
    ...fell.map((line) => `  ${line}`),
    `  ticks published ${report.ticks.published}, evaluated ${report.ticks.evaluated}`,
    "",
    ...accountLines(report),
    "",
    ...loanLines(report),
    "",
    "By the auditor, who compares the exchange's own book with the ledger (each must be 0):",
    ...table(Object.entries(totals).map(([name, total]) => [name, String(total)])).map((line) => `  ${line}`),
    ...report.findings.slice(0, MAX_ACCOUNTS).map((finding) => `  ! ${finding.account}: ${finding.what}`),
    "",
    `Traces: ${traces.fills} ${traces.fills === 1 ? "fill" : "fills"}, ${traces.complete} complete from tick to postcondition, ${traces.incomplete} incomplete`,
    ...(traces.spans === null
      ? []
      : [`Spans read back: ${traces.spans.complete} fills as one whole tree, ${traces.spans.incomplete} not`]),
    ...[...traces.holes, ...(traces.spans?.holes ?? [])]
      .slice(0, MAX_ACCOUNTS)
      .map((hole) => `  ! ${hole.account} ${hole.execId}: ${hole.missing.join("; ")}`),
    "",
    ...table([["Latency, ms", "p50", "p99", "p99.9", "n"], ...latency]),
  ];
}
