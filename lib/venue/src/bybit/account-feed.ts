import type { Execution, OrderUpdate, Position } from "@hedgelock/contracts";
import { errorText } from "@hedgelock/runtime";
import type { Cancel, Clock, Random, Timers } from "@hedgelock/runtime";

import type { AccountFeedHandlers, Feed, FeedState, VenueCredentials } from "../port.ts";
import { AccountReads } from "./account-reads.ts";
import type { PositionKey } from "./account-reads.ts";
import { Backoff } from "./backoff.ts";
import type { JsonObject } from "./json.ts";
import { PrivateSession } from "./private-session.ts";
import { shortened } from "./redact.ts";
import { BybitRest } from "./rest-client.ts";
import { readPrivateFrame } from "./private-frame.ts";
import type { PrivateFrame } from "./private-frame.ts";
import { SeenOrders } from "./seen-orders.ts";
import { signerFor } from "./sign.ts";
import { VenueError } from "./venue-error.ts";
import { WalletState } from "./wallet-state.ts";

/** What may have happened shortly before the last read and not shown in it yet is read again. */
const OVERLAP_MS = 60_000;
/** REST may lag behind the stream: a wallet read this soon after a message of the stream is not believed. */
const READ_LAG_MS = 2_000;
const AUTH_RETRY_MS = 30_000;
const MAX_FRAME_TEXT = 200;
const MAX_HELD_FRAMES = 1_000;

export interface AccountFeedDeps {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly credentials: VenueCredentials;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Crypto loans have no topic: they are polled. Bybit allows 5 reads a second and account. */
  readonly loanPollMs: number;
  /** Everything is read again this often, in case the stream lost something. */
  readonly snapshotPollMs: number;
  /** The venue's time of the last event known from an earlier life; executions and orders are read from shortly before it. */
  readonly sinceMs?: number;
  readonly authRetryMs?: number;
  readonly deadlineMs?: number;
}

/** `refused`: the venue refuses the key or a right, so trying again soon is no use. */
interface Trouble {
  readonly reason: string;
  readonly refused: boolean;
}

/** Private data of one account: the stream, REST snapshots after every connect and periodically, and the polled loan. */
class AccountFeed implements Feed {
  readonly #deps: AccountFeedDeps;
  readonly #handlers: AccountFeedHandlers;
  readonly #rest: BybitRest;
  readonly #reads: AccountReads;
  readonly #session: PrivateSession;
  readonly #wallet = new WalletState();
  readonly #orders = new SeenOrders();
  readonly #open = new Map<string, PositionKey>();
  readonly #backoff: Backoff;
  readonly #cancels: Cancel[];
  #cancelRetry: Cancel = () => {};
  /** Counts connections: an answer to a read of an earlier one is not used. */
  #epoch = 0;
  /** Frames of the stream held back until the snapshot they change is there; undefined once it is. */
  #held: PrivateFrame[] | undefined = [];
  #snapshotRunning = false;
  #loanRunning = false;
  #knownUntilMs: number | undefined;
  #walletPushUs = 0;
  #everLive = false;
  #down: Trouble | undefined = { reason: "not connected yet", refused: false };
  readonly #trouble = new Map<"snapshot" | "loan", Trouble>();
  #told = "";
  #stopped = false;

  constructor(deps: AccountFeedDeps, handlers: AccountFeedHandlers) {
    this.#deps = deps;
    this.#handlers = handlers;
    this.#rest = new BybitRest(deps);
    this.#reads = new AccountReads(this.#rest);
    this.#backoff = new Backoff({ firstMs: 500, maxMs: 30_000 }, deps.random);
    this.#knownUntilMs = deps.sinceMs;
    const session = {
      ...deps,
      rest: this.#rest,
      signer: signerFor(deps.credentials),
      authRetryMs: deps.authRetryMs ?? AUTH_RETRY_MS,
    };
    this.#session = new PrivateSession(session, {
      onReady: () => this.#ready(),
      onTopic: (topic, frame, text) => this.#topic(topic, frame, text),
      onBadFrame: (reason, text) => this.#badFrame(reason, text),
      onDown: (reason, refused) => this.#disconnected(reason, refused),
    });
    this.#cancels = [
      deps.timers.every(deps.snapshotPollMs, () => this.#snapshotInBackground()),
      deps.timers.every(deps.loanPollMs, () => this.#loanInBackground()),
    ];
    this.#tellState();
    this.#session.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#epoch += 1;
    this.#cancelRetry();
    for (const cancel of this.#cancels) cancel();
    this.#session.stop();
    this.#rest.close();
  }

  #ready(): void {
    this.#down = undefined;
    this.#epoch += 1;
    this.#held = [];
    this.#backoff.reset();
    this.#snapshotInBackground();
  }

  #disconnected(reason: string, refused: boolean): void {
    this.#epoch += 1;
    this.#held = [];
    this.#down = { reason, refused };
    this.#handlers.onCount?.("reconnect");
    this.#tellState();
  }

  #topic(topic: string, json: JsonObject, text: string): void {
    this.#handlers.onCount?.("frame");
    const frame = readPrivateFrame(topic, json);
    for (const reason of frame.refused) this.#badFrame(`${topic}: ${reason}`, text);
    // What was refused may have been the only news of a change: ask for the whole.
    if (frame.refused.length > 0) this.#retrySnapshotSoon();
    for (const order of frame.orders) this.#emitOrder(order);
    for (const execution of frame.executions) this.#handlers.onExecution(execution);
    if (frame.wallets.length > 0) this.#walletPushUs = this.#deps.clock.nowUs();
    if (this.#held === undefined) this.#applyState(frame);
    else this.#hold(this.#held, frame);
  }

  /** Bounded: the snapshot that is still to be read will be newer than the oldest ones. */
  #hold(held: PrivateFrame[], frame: PrivateFrame): void {
    held.push(frame);
    if (held.length > MAX_HELD_FRAMES) held.shift();
  }

  #applyState(frame: PrivateFrame): void {
    if (frame.positions.length > 0) this.#emitPositions(frame.positions, frame.timeMs);
    for (const wallet of frame.wallets) this.#wallet.applyChange(wallet, frame.timeMs);
    if (frame.wallets.length > 0) this.#emitWallet();
  }

  #emitOrder(order: OrderUpdate): void {
    this.#orders.isNews(order);
    this.#handlers.onOrder(order);
  }

  #emitPositions(positions: readonly Position[], timeMs: number): void {
    for (const { category, symbol, qty } of positions) {
      if (qty !== "0" && category === "linear") this.#open.set(`${category}:${symbol}`, { category, symbol });
    }
    this.#handlers.onPositions(positions, timeMs);
  }

  #emitWallet(): void {
    const whole = this.#wallet.whole();
    if (whole !== undefined) this.#handlers.onWallet(whole, this.#wallet.timeMs);
  }

  #badFrame(reason: string, text: string): void {
    this.#handlers.onCount?.("bad_frame");
    this.#handlers.onBadFrame(reason, shortened(this.#rest.redact(text), MAX_FRAME_TEXT));
  }

  #snapshotInBackground(): void {
    if (!this.#session.ready || this.#snapshotRunning) return;
    const epoch = this.#epoch;
    this.#snapshotRunning = true;
    this.#takeSnapshot(epoch)
      .then(
        () => this.#backoff.reset(),
        (error: unknown) => this.#snapshotFailed(epoch, error),
      )
      .finally(() => {
        this.#snapshotRunning = false;
        this.#tellState();
        // The connection changed while reading: the new one still needs its snapshot.
        if (epoch !== this.#epoch && !this.#stopped) this.#snapshotInBackground();
      });
  }

  async #takeSnapshot(epoch: number): Promise<void> {
    const startedUs = this.#deps.clock.nowUs();
    const nowMs = this.#rest.offset.nowMs();
    const sinceMs = Math.max(0, (this.#knownUntilMs ?? nowMs) - OVERLAP_MS);
    const [positions, wallet, loan, orders, executions] = await Promise.all([
      this.#reads.positions([...this.#open.values()]),
      this.#reads.wallet(),
      this.#reads.loan(),
      this.#reads.orders(sinceMs, nowMs),
      this.#reads.executions(sinceMs, nowMs),
    ]);
    if (epoch !== this.#epoch) return;
    this.#knownUntilMs = nowMs;
    this.#forgetEnded(positions.value);
    this.#emitPositions(positions.value, positions.timeMs);
    const lagging = this.#held === undefined && this.#walletPushUs > startedUs - READ_LAG_MS * 1000;
    if (!lagging) this.#wallet.applySnapshot(wallet.value, wallet.timeMs);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.#applyState(frame);
    this.#emitWallet();
    this.#handlers.onLoan(loan.value, loan.timeMs);
    this.#emitReadFacts(orders, executions, sinceMs);
    this.#trouble.delete("snapshot");
    this.#trouble.delete("loan");
  }

  #emitReadFacts(orders: readonly OrderUpdate[], executions: readonly Execution[], sinceMs: number): void {
    for (const order of orders) if (this.#orders.isNews(order)) this.#handlers.onOrder(order);
    for (const execution of executions) this.#handlers.onExecution(execution);
    this.#orders.forget(orders, sinceMs);
  }

  /** A symbol whose rows are all flat need not be asked for again. */
  #forgetEnded(rows: readonly Position[]): void {
    const alive = new Set(rows.filter((row) => row.qty !== "0").map((row) => `${row.category}:${row.symbol}`));
    for (const key of this.#open.keys()) if (!alive.has(key)) this.#open.delete(key);
  }

  #snapshotFailed(epoch: number, error: unknown): void {
    if (epoch !== this.#epoch) return;
    const refused = error instanceof VenueError && error.code === "VENUE_AUTH";
    this.#trouble.set("snapshot", { reason: errorText(error), refused });
    this.#retryAfter(refused ? (this.#deps.authRetryMs ?? AUTH_RETRY_MS) : this.#backoff.nextMs());
  }

  #retrySnapshotSoon(): void {
    this.#retryAfter(this.#backoff.nextMs());
  }

  #retryAfter(delayMs: number): void {
    this.#cancelRetry();
    this.#cancelRetry = this.#deps.timers.after(delayMs, () => this.#snapshotInBackground());
  }

  #loanInBackground(): void {
    if (!this.#session.ready || this.#held !== undefined || this.#loanRunning) return;
    const epoch = this.#epoch;
    this.#loanRunning = true;
    this.#reads
      .loan()
      .then(
        ({ value, timeMs }) => {
          if (epoch !== this.#epoch) return;
          this.#trouble.delete("loan");
          this.#handlers.onLoan(value, timeMs);
        },
        (error: unknown) => {
          const refused = error instanceof VenueError && error.code === "VENUE_AUTH";
          if (epoch === this.#epoch) this.#trouble.set("loan", { reason: errorText(error), refused });
        },
      )
      .finally(() => {
        this.#loanRunning = false;
        this.#tellState();
      });
  }

  #state(): { readonly state: FeedState; readonly detail: string } {
    const troubles = [...this.#trouble.values()];
    const refused = this.#down?.refused === true || troubles.some((trouble) => trouble.refused);
    const detail = this.#down?.reason ?? troubles.map((trouble) => trouble.reason).join("; ");
    if (refused) return { state: "down", detail: `VENUE_AUTH: ${detail}` };
    if (this.#down !== undefined) return { state: this.#everLive ? "down" : "connecting", detail };
    if (troubles.length > 0) return { state: "stale", detail };
    if (this.#held !== undefined)
      return { state: this.#everLive ? "stale" : "connecting", detail: "the snapshot is being read" };
    this.#everLive = true;
    return { state: "live", detail: "" };
  }

  #tellState(): void {
    if (this.#stopped) return;
    const { state, detail } = this.#state();
    const text = `${state} ${detail}`;
    if (text === this.#told) return;
    this.#told = text;
    this.#handlers.onState(state, detail);
  }
}

/** Follows one account until stopped. Executions may be told more than once: their `execId` is their identity. */
export function bybitAccountFeed(deps: AccountFeedDeps, handlers: AccountFeedHandlers): Feed {
  return new AccountFeed(deps, handlers);
}
