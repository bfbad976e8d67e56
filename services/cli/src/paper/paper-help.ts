import { KNOWN_SYMBOLS } from "../start/assets.ts";

/** Text of `hedgelock paper --help`. */
export const PAPER_HELP = `Usage: hedgelock paper [options]

Starts the paper exchange alone: Bybit v5 over HTTP and WebSocket on one port of this machine, with recorded prices, play
money, perpetuals, spot and crypto loans. Prints its addresses, demo keys and accounts, and runs until Ctrl-C.
docs/paper-exchange.md says what is faithful, what is simpler, and how to inject faults.

Options:
  --port N               Port, 0 for a free one. Default 18080.
  --prices NAME | FILE.csv | SYMBOL=FILE.csv[,SYMBOL=FILE.csv]
                         What is replayed, as in hedgelock start; symbols: ${KNOWN_SYMBOLS.join(", ")}.
                         Default: 8 to 11 November 2022 with BTC and ETH as recorded, and SOL following ETH.
  --from TIME, --to TIME Replays this window (UTC, 2022-11-08T16:00).
  --speed N              0.01 to 1000; 1 passes a quiet minute in 60 ms. Default 0.05: about one second.
  --ticks-per-second N   Price steps a second, 1 to 5000. Default 10.
  --accounts N           Accounts, 1 to 1000. Default 3.
  --seed N               Draws paths, accounts and faults. Default 1.
  --state DIR            Keeps everything in DIR and goes on from there next time. The options that shape the market and
                         the accounts must then be the same.
  --paused               Waits for POST /sim/replay {"action":"start"}.
  --rate-limits          Refuses calls over the exchange's limits with 10006, instead of only counting them.
  --help                 This text.

Exit status: 0 stopped, 2 bad options or price files, 3 the exchange failed or its kept state does not fit.
`;
