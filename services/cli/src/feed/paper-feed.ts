import type { Timers } from "@hedgelock/runtime";

import { unlessAborted } from "../cli/unless-aborted.ts";
import { note } from "./event-line.ts";
import type { EventLine } from "./event-line.ts";
import type { LiveModel } from "./live-model.ts";
import type { PaperAdmin } from "./paper-admin.ts";

const POLL_MS = 200;
/** Accounts are read on every n-th poll: the list grows with the accounts. */
const ACCOUNTS_EVERY = 5;
const PROGRESS_EVERY_MS = 5000;

function progressText(model: LiveModel): string {
  const { replay, prices } = model.snapshot();
  const clock =
    replay.replayTimeMs === undefined
      ? ""
      : `${new Date(replay.replayTimeMs).toISOString().slice(0, 16).replace("T", " ")} UTC  `;
  const quotes = prices
    .map(({ symbol, price, first }) => `${symbol} ${price} (${((price / first - 1) * 100).toFixed(1)} %)`)
    .join("  ");
  return `${clock}${Math.floor(replay.progress * 100)} %  ${quotes}`;
}

/** Follows the replay until its last price: where it stands, what the accounts are worth, which loans were liquidated. */
export async function followPaper(deps: {
  readonly paper: PaperAdmin;
  readonly model: LiveModel;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  readonly onLine: (line: EventLine) => void;
}): Promise<void> {
  const { paper, model, timers, signal, onLine } = deps;
  const readAccounts = async (): Promise<void> => {
    const accounts = await unlessAborted(paper.accounts(), signal);
    const liquidated = model.facts(
      accounts.map(({ account, finalEquityUsd, liquidatedAtMs }) => ({
        account,
        hedgedUsd: Number(finalEquityUsd.hedged),
        unhedgedUsd: Number(finalEquityUsd.unhedged),
        liquidated: liquidatedAtMs !== undefined,
      })),
    );
    for (const account of liquidated) {
      const worth = accounts.find((candidate) => candidate.account === account)?.finalEquityUsd;
      onLine(
        note(
          "liquidated",
          `the exchange sold the collateral of the loan; net worth now ${Math.round(Number(worth?.hedged ?? 0))} USD with the hedge, ${Math.round(Number(worth?.unhedged ?? 0))} without`,
          account,
        ),
      );
    }
  };
  for (let poll = 0; ; poll += 1) {
    const replay = await unlessAborted(paper.replay(), signal);
    model.replay(replay);
    if (poll % ACCOUNTS_EVERY === 0 || replay.phase === "finished") await readAccounts();
    if (replay.phase === "finished") return;
    if (poll % (PROGRESS_EVERY_MS / POLL_MS) === 0 && poll > 0) onLine(note("progress", progressText(model)));
    await timers.sleep(POLL_MS, signal);
  }
}
