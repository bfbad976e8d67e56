import { once } from "node:events";
import { createServer } from "node:http";

import { WebSocketServer } from "ws";
import type { RawData, WebSocket } from "ws";
import { z } from "zod";

const SYMBOL = "BTCUSDT";

const request = z.looseObject({ op: z.string(), args: z.array(z.string()).optional(), req_id: z.unknown().optional() });

/** Sends prepared Bybit ticker frames at a steady rate. */
export interface FrameServer extends AsyncDisposable {
  readonly port: number;
  /** Sends `frames` distinct ticker frames at a steady rate and resolves when the last has left; waits for the subscriber first. */
  send(frames: number, perSecond: number): Promise<void>;
}

function rawText(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString("utf8") : "";
}

function snapshotFrame(cs: number, ts: number): string {
  return JSON.stringify({
    topic: `tickers.${SYMBOL}`,
    type: "snapshot",
    data: {
      symbol: SYMBOL,
      lastPrice: "60000.00",
      markPrice: "60000.00",
      indexPrice: "60000.00",
      fundingRate: "0.0001",
      nextFundingTime: "1785628800000",
      bid1Price: "59999.90",
      bid1Size: "1.000",
      ask1Price: "60000.00",
      ask1Size: "1.000",
      openInterestValue: "1",
    },
    cs,
    ts,
  });
}

function bookFrame(seq: number, ts: number): string {
  const data = { s: SYMBOL, b: [["59999.90", "1.000"]], a: [["60000.00", "1.000"]], u: seq, seq };
  return JSON.stringify({ topic: `orderbook.1.${SYMBOL}`, type: "snapshot", ts, data, cts: ts });
}

function deltaFrame(index: number, cs: number, ts: number): string {
  const bid = 60_000 + (index % 500) * 0.1;
  const price = bid.toFixed(2);
  const ask = (bid + 0.1).toFixed(2);
  return `{"topic":"tickers.${SYMBOL}","type":"delta","data":{"symbol":"${SYMBOL}","markPrice":"${price}","indexPrice":"${price}","lastPrice":"${price}","bid1Price":"${price}","bid1Size":"1.250","ask1Price":"${ask}","ask1Size":"0.310"},"cs":${cs},"ts":${ts}}`;
}

/** Starts the server: it acknowledges any subscription and answers pings, and knows one instrument. */
export async function startFrameServer(): Promise<FrameServer> {
  const http = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const time = Date.now();
    const result = { timeSecond: String(Math.floor(time / 1000)), timeNano: `${time}000000` };
    response.end(JSON.stringify({ retCode: 0, retMsg: "OK", result, retExtInfo: {}, time }));
  });
  const server = new WebSocketServer({ server: http });
  const subscribed = Promise.withResolvers<WebSocket>();
  let cs = 1_000_000;
  // The top of the book repeats itself every second, as Bybit's does every three: silence would mean a dead topic.
  const heartbeat = setInterval(() => {
    for (const socket of server.clients) socket.send(bookFrame(cs, Date.now()));
  }, 1_000);
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const message = request.parse(JSON.parse(rawText(data)));
      const id = { conn_id: "bench", req_id: message.req_id ?? "" };
      if (message.op === "ping") socket.send(JSON.stringify({ success: true, ret_msg: "pong", ...id, op: "ping" }));
      if (message.op !== "subscribe") return;
      socket.send(JSON.stringify({ success: true, ret_msg: "", ...id, op: "subscribe" }));
      subscribed.resolve(socket);
      socket.send(snapshotFrame((cs += 1), Date.now()));
      socket.send(bookFrame((cs += 1), Date.now()));
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const address = http.address();
  if (typeof address !== "object" || address === null) throw new Error("the frame server has no port");
  return {
    port: address.port,
    async send(frames, perSecond) {
      const socket = await subscribed.promise;
      const startMs = performance.now();
      for (let sent = 0; sent < frames;) {
        const due = Math.min(frames, Math.floor(((performance.now() - startMs) / 1000) * perSecond));
        for (; sent < due; sent += 1) socket.send(deltaFrame(sent, (cs += 1), Date.now()));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      for (const socket of server.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
    },
  };
}
