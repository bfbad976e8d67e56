import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seededRandom, silentLogger, systemClock, systemTimers } from "@hedgelock/runtime";
import type { LogFields, Logger, Metrics } from "@hedgelock/runtime";

import { signature } from "../api-keys.ts";
import { paperService } from "../service.ts";
import { dig } from "./json.ts";

/** Minutes of the test price file, starting at {@link FILE_START_MS}. */
const FILE_START_MS = 1_760_000_040_000;

/** Where an exchange is. */
export interface PaperAddress {
  readonly baseUrl: string;
  readonly wsUrl: string;
}

export interface TestPaper extends AsyncDisposable, PaperAddress {
  readonly logged: readonly { readonly event: string; readonly fields: LogFields }[];
}

const noMetrics: Metrics = {
  counter: () => ({ inc() {} }),
  gauge: () => ({ set() {} }),
  histogram: () => ({ observe() {} }),
};

export const TRADE_KEY = { apiKey: "tradeKey1", apiSecret: "tradeSecret1" } as const;
export const READ_KEY = { apiKey: "readKey01", apiSecret: "readSecret1" } as const;
export const OTHER_KEY = { apiKey: "tradeKey2", apiSecret: "tradeSecret2" } as const;

const ACCOUNTS = [
  {
    account: "acc-1",
    uid: "900001",
    keys: [
      { ...TRADE_KEY, permission: "trade" },
      { ...READ_KEY, permission: "read" },
    ],
    wallet: { USDT: "20000" },
    loan: { collateral: { BTC: "1" }, debt: { USDT: "51300" } },
  },
  {
    account: "acc-2",
    uid: "900002",
    keys: [{ ...OTHER_KEY, permission: "trade" }],
    wallet: { USDT: "5000", BTC: "0.1" },
  },
];

/** One row a minute whose four prices are `closes`, flat inside the minute. */
export function priceFile(closes: readonly number[]): string {
  const rows = closes.map((close, index) => {
    const open = closes[index - 1] ?? close;
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    return `${FILE_START_MS + index * 60_000},${open},${high},${low},${close},1.5`;
  });
  return ["open_time_ms,open,high,low,close,volume", ...rows, ""].join("\n");
}

/**
 * Starts the whole service on a free port, paused, with two accounts and BTC at `closes`.
 * @param changes laid over the configuration
 */
export async function startTestPaper(
  closes: readonly number[],
  changes: Readonly<Record<string, unknown>> = {},
): Promise<TestPaper> {
  const folder = await mkdtemp(join(tmpdir(), "hedgelock-paper-"));
  const file = join(folder, "prices.csv");
  await writeFile(file, priceFile(closes));
  const logged: { event: string; fields: LogFields }[] = [];
  const note = (event: string, fields: LogFields = {}): void => void logged.push({ event, fields });
  const log: Logger = { ...silentLogger, info: note, warn: note, error: note, child: () => log };
  const config = paperService.config.parse({
    prices: [{ symbol: "BTCUSDT", file }],
    accounts: ACCOUNTS,
    ticksPerSecond: 100,
    ...changes,
  });
  const running = await paperService.start({
    config,
    clock: systemClock,
    timers: systemTimers,
    random: seededRandom(7),
    log,
    metrics: noMetrics,
    writer: "paper-test",
    signal: new AbortController().signal,
    addReadiness: () => undefined,
    fatal: (error) => {
      throw error;
    },
  });
  const port = Number(logged.find((line) => line.event === "paper.listening")?.fields["port"]);
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    logged,
    async [Symbol.asyncDispose]() {
      await running.stop(1000);
      await rm(folder, { recursive: true });
    },
  };
}

const LOG_DEADLINE_MS = 10_000;
const LOG_POLL_MS = 10;

/** Waits until the service has logged `event`. */
export async function logLine(paper: TestPaper, event: string): Promise<LogFields> {
  for (let waitedMs = 0; waitedMs < LOG_DEADLINE_MS; waitedMs += LOG_POLL_MS) {
    const line = paper.logged.find((one) => one.event === event);
    if (line !== undefined) return line.fields;
    await systemTimers.sleep(LOG_POLL_MS);
  }
  throw new Error(`${event} was not logged`);
}

export interface Key {
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly retCode: unknown;
  readonly retMsg: unknown;
  /** Path into the result, as in `get("list", 0, "orderId")`. */
  get(...path: readonly (string | number)[]): unknown;
  readonly body: unknown;
}

async function toReply(response: Response): Promise<Reply> {
  const body: unknown = await response.json();
  return {
    status: response.status,
    headers: response.headers,
    retCode: dig(body, "retCode"),
    retMsg: dig(body, "retMsg"),
    get: (...path) => dig(body, "result", ...path),
    body,
  };
}

/** Signs as the documentation says; every part can be falsified by a test. */
export function signedHeaders(
  key: Key,
  tail: string,
  options: { readonly timestampMs?: number; readonly recvWindow?: string } = {},
): Record<string, string> {
  const timestamp = String(options.timestampMs ?? systemClock.nowMs());
  const recvWindow = options.recvWindow ?? "5000";
  return {
    "X-BAPI-API-KEY": key.apiKey,
    "X-BAPI-TIMESTAMP": timestamp,
    "X-BAPI-RECV-WINDOW": recvWindow,
    "X-BAPI-SIGN": signature(key.apiSecret, [timestamp, key.apiKey, recvWindow, tail]),
  };
}

/** @param target path with query; signed when a key is given */
export async function get(paper: PaperAddress, target: string, key?: Key): Promise<Reply> {
  const headers = key === undefined ? {} : signedHeaders(key, target.split("?")[1] ?? "");
  return toReply(await fetch(paper.baseUrl + target, { headers }));
}

export async function post(paper: PaperAddress, path: string, body: unknown, key?: Key): Promise<Reply> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const auth = key === undefined ? {} : signedHeaders(key, text);
  const headers = { "Content-Type": "application/json", ...auth };
  return toReply(await fetch(paper.baseUrl + path, { method: "POST", body: text, headers }));
}

/** A linear order of 0.1 BTC at the market unless told otherwise. */
export async function order(
  paper: PaperAddress,
  key: Key,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Reply> {
  const body = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.1", ...changes };
  return post(paper, "/v5/order/create", body, key);
}
