import type { IncomingMessage, ServerResponse } from "node:http";

import { errorText } from "@hedgelock/runtime";
import type { Counter, Logger, Timers } from "@hedgelock/runtime";

import type { HttpFaults } from "../faults/http-faults.ts";
import type { SimApi } from "../sim/sim-api.ts";
import { STATUS_PAGE } from "../sim/status-page.ts";
import type { Venue } from "../venue.ts";
import { fail } from "./api.ts";
import { dispatch } from "./dispatch.ts";
import type { HttpAnswer } from "./dispatch.ts";
import type { RateWindows } from "./rate-window.ts";
import { readBody } from "./read-body.ts";

export interface RequestDeps {
  readonly venue: Venue;
  readonly sim: SimApi;
  readonly rates: RateWindows;
  readonly log: Logger;
  readonly failures: Counter;
  readonly faults: HttpFaults;
  readonly timers: Timers;
}

const SIM_PREFIX = "/sim/";

/** `a?b` as path and raw query; a trailing "?" counts as no query. */
export function splitTarget(target: string): { readonly path: string; readonly rawQuery: string } {
  const at = target.indexOf("?");
  return at === -1 ? { path: target, rawQuery: "" } : { path: target.slice(0, at), rawQuery: target.slice(at + 1) };
}

function writeJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.writableEnded || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

function writePage(response: ServerResponse): void {
  response.writeHead(200, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'",
  });
  response.end(STATUS_PAGE);
}

/** Every answer of the exchange carries its time: it is measured when the answer is written. */
function writeAnswer(response: ServerResponse, answer: HttpAnswer, nowMs: number): void {
  const { retCode, retMsg, result, extInfo } = answer.body;
  const envelope = { retCode, retMsg, result, retExtInfo: extInfo ?? {}, time: nowMs };
  writeJson(response, answer.status, envelope, { ...answer.headers, Timenow: String(nowMs) });
}

async function serve(deps: RequestDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { clock } = deps.venue;
  const rawBody = await readBody(request);
  // Read after the body: the receive window is judged when the request is complete, so a stalled one is late.
  const nowMs = clock.nowMs();
  if (rawBody === undefined) {
    response.setHeader("Connection", "close");
    writeAnswer(
      response,
      { status: 413, headers: {}, body: fail({ code: 10001, message: "the body is too large" }) },
      nowMs,
    );
    return;
  }
  const { path, rawQuery } = splitTarget(request.url ?? "/");
  const method = request.method ?? "GET";
  if (path === "/" && method === "GET") {
    writePage(response);
    return;
  }
  if (path.startsWith(SIM_PREFIX)) {
    const answer = deps.sim.handle({ method, path, rawBody, remoteAddress: request.socket.remoteAddress });
    writeJson(response, answer.status, answer.body);
    return;
  }
  if (!deps.rates.takeAddress(request.socket.remoteAddress ?? "", nowMs)) {
    const body = fail({ code: 403, message: "access too frequent" });
    writeAnswer(response, { status: 403, headers: {}, body }, nowMs);
    return;
  }
  const apiRequest = { method, path, query: new URLSearchParams(rawQuery), rawQuery, rawBody, nowMs };
  const uid = deps.venue.keys.get(String(request.headers["x-bapi-api-key"] ?? ""))?.uid;
  const { answer, delayMs } = deps.faults.answer({ method, path, rawQuery, uid, nowMs }, () =>
    dispatch(deps.venue, apiRequest, request.headers, deps.rates),
  );
  if (delayMs > 0) await deps.timers.sleep(delayMs);
  if (answer === undefined) request.socket.destroy();
  else writeAnswer(response, answer, clock.nowMs());
}

/** Serves HTTP. A handler that fails answers 10000 and is logged: the other clients do not notice. */
export function createRequestHandler(deps: RequestDeps): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    serve(deps, request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) {
        deps.log.debug("paper.client_gone", { path: request.url?.split("?")[0] });
        return;
      }
      deps.failures.inc();
      deps.log.error("paper.request_failed", { path: request.url?.split("?")[0] }, errorText(error));
      const body = fail({ code: 10000, message: "Server Timeout" });
      writeAnswer(response, { status: 500, headers: {}, body }, deps.venue.clock.nowMs());
    });
  };
}
