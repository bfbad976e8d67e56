import type { AccountView, LiveState } from "../../feed/live-model.ts";
import type { ViewFrame } from "../render.ts";

export function accountView(changes: Partial<AccountView> = {}): AccountView {
  return {
    account: "acct-001",
    state: "NORMAL",
    ltv: 0.62,
    netDelta: [{ base: "BTC", qty: "0.98" }],
    hedges: [{ symbol: "BTCUSDT", target: "-0.1", actual: "-0.1" }],
    hedgedUsd: 60_210.4,
    unhedgedUsd: 60_100,
    liquidated: false,
    ...changes,
  };
}

export function liveState(changes: Partial<LiveState> = {}): LiveState {
  return {
    replay: { phase: "running", progress: 0.62, replayTimeMs: Date.UTC(2025, 9, 10, 21, 14, 3) },
    prices: [
      { symbol: "BTCUSDT", price: 113_245.1, first: 121_662.3, history: [121_662, 120_000, 119_000, 116_000, 113_245] },
    ],
    accounts: [
      accountView(),
      accountView({
        account: "acct-002",
        state: "DANGER",
        ltv: 0.7712,
        hedges: [{ symbol: "BTCUSDT", target: "-0.6", actual: "-0.55" }],
      }),
      accountView({ account: "acct-003", state: "CRITICAL", ltv: 0.9504, liquidated: true, hedges: [], netDelta: [] }),
    ],
    recent: [
      {
        word: "state",
        account: "acct-002",
        text: "CAUTION -> DANGER at LTV 0.7512",
        traceId: "0af7651916cd43dd8448eb211c80319c",
      },
      {
        word: "fill",
        account: "acct-002",
        text: "-0.05 BTCUSDT at 113250, fee 3.1 USDT",
        traceId: "0af7651916cd43dd8448eb211c80319c",
      },
      { word: "liquidated", account: "acct-003", text: "the exchange sold the collateral", traceId: "" },
    ],
    ticks: 12_345,
    fills: 9,
    tickToDecision: { p50: 0.8, p99: 3.1, p999: 7, n: 812 },
    tickToFill: { p50: null, p99: null, p999: null, n: 0 },
    ...changes,
  };
}

export function frame(changes: Partial<LiveState> = {}): ViewFrame {
  return {
    state: liveState(changes),
    title: "oct-2025",
    services: [
      { name: "nats-server", up: true },
      { name: "paper", up: true },
      { name: "hedger", up: false },
    ],
    footer: "logs: /tmp/hedgelock-x/*.log   Ctrl-C stops everything",
  };
}
