import { CRASHES, DEFAULT_CRASH } from "@hedgelock/prices";

import { KNOWN_SYMBOLS } from "./assets.ts";

const crashes = CRASHES.map((crash) => `      ${crash.name.padEnd(12)} ${crash.description}`).join("\n");

/** Text of `hedgelock start --help`. */
export const START_HELP = `Usage: hedgelock start [options]        (npm start -- [options])

Starts everything on this machine: nats-server, a Bybit-compatible paper exchange that replays recorded prices, the
collector, the risk engine and the hedger, each a process of its own. Shows accounts being hedged through the crash,
then a report of what happened. Nothing leaves this machine and no real money moves.

On a terminal a live view is shown, and after the report the stack keeps running until Ctrl-C. Where standard output is
no terminal, and with --exit, it prints one line per event and ends with the report. Quiet stretches of the recording
pass faster than wild ones, so a day of prices takes a minute or two.

Options:
  --prices NAME | FILE.csv | SYMBOL=FILE.csv[,SYMBOL=FILE.csv]
                         What is replayed; may be given more than once for several assets. Default: ${DEFAULT_CRASH}.
                         Files are CSV with the header open_time_ms,open,high,low,close,volume and one row a minute;
                         FILE.csv alone is replayed as BTCUSDT; symbols: ${KNOWN_SYMBOLS.join(", ")}. Recorded crashes by name:
${crashes}
  --ticks-per-second N   Prices published a second, 1 to 5000. Default 100. More ticks, not a shorter replay.
  --speed N              Passes the recording N times faster, 1 to 1000. Default 1.
  --from TIME            Replays from this minute on (UTC, 2025-10-10T20:50), and
  --to TIME              up to this one. Default: the whole file, or the crash and the calm around it.
  --accounts N           Accounts, 1 to 1000. Default 3. The first three start at an LTV of 0.62, 0.70 and about 0.8, the last
                         chosen so that the fall just liquidates its loan.
  --seed N               Draws the paths within the minutes and the accounts. The same seed gives the same prices.
                         Default 1.
  --exit                 Stop when the prices end, also on a terminal.
  --report FILE          Where the report is written as JSON (shape: docs/report.md). Default .hedgelock/report.json.
  --jaeger               Starts a local Jaeger too (JAEGER_BIN or PATH; Jaeger v2) and sends the traces of all hedges there. Its
                         address is printed; it ends with the rest.
  --otlp URL             Sends traces to an OTLP/HTTP back end instead: its base address, http://127.0.0.1:4318.
  --traces DIR           Writes them to files in this folder, which is the default: .hedgelock/traces. hedgelock trace shows them.
  --help                 This text.

Exit status: 0 all is well, 1 an invariant broke (a duplicate, lost or orphaned hedge, an unresolved intent, a fill
without a complete trace), 2 bad options or a malformed price file, 3 a part of the stack failed, 130 stopped before the
report.
`;
