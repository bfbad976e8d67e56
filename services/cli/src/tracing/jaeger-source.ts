import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { Clock, Timers } from "@hedgelock/runtime";
import { SPAN } from "@hedgelock/telemetry";
import type { StoredSpan } from "@hedgelock/telemetry";
import { z } from "zod";

import { EXIT } from "../cli/exit-status.ts";
import { fetchWithin } from "./fetch-within.ts";
import { spansOfAnswer } from "./jaeger-json.ts";
import type { TraceSource } from "./trace-source.ts";

const DEADLINE_MS = 10_000;
const SEARCH_BACK_MS = 7 * 86_400_000;
const SEARCH_AHEAD_MS = 3_600_000;
const SEARCH_LIMIT = 50;
const OK = 200;
const NOT_FOUND = 404;
const CONCURRENT_READS = 8;

const found = z.object({ data: z.array(z.object({ traceID: z.string() })).nullable() });

/**
 * Traces in a Jaeger. Reads by its stable API (`/api/v3`, OTLP JSON); that one's search cannot ask for attributes, so the
 * search goes through the API of its own user interface.
 */
export function jaegerSource(
  baseUrl: string,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
): TraceSource {
  const base = baseUrl.replace(/\/+$/, "");
  const ask = async (path: string): Promise<unknown> => {
    try {
      const { status, text } = await fetchWithin(`${base}${path}`, timers, DEADLINE_MS);
      if (status === NOT_FOUND) return undefined;
      if (status !== OK) throw new Error(`status ${status}: ${text.slice(0, 200)}`);
      const json: unknown = JSON.parse(text);
      return json;
    } catch (error) {
      throw new HedgeLockError("TRACES_UNREADABLE", `Jaeger at ${base} did not answer ${path}: ${errorText(error)}`, {
        cause: error,
        exitStatus: EXIT.SERVICE_FAILED,
      });
    }
  };
  const trace = async (traceId: string): Promise<readonly StoredSpan[]> => {
    const json = await ask(`/api/v3/traces/${traceId}`);
    return json === undefined ? [] : spansOfAnswer(json);
  };
  return {
    where: `Jaeger at ${base}`,
    async traces(traceIds) {
      const spans = new Map<string, readonly StoredSpan[]>();
      const waiting = [...traceIds];
      const reader = async (): Promise<void> => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          const own = await trace(id);
          if (own.length > 0) spans.set(id, own);
        }
      };
      await Promise.all(Array.from({ length: CONCURRENT_READS }, reader));
      return spans;
    },
    async hedges(wanted) {
      const [attribute, value] =
        "linkId" in wanted
          ? (["hedgelock.order.link_id", wanted.linkId] as const)
          : (["hedgelock.account", wanted.account] as const);
      const nowMs = clock.nowMs();
      const query = new URLSearchParams({
        service: "hedger",
        operation: SPAN.HEDGE,
        tags: JSON.stringify({ [attribute]: value }),
        limit: String(SEARCH_LIMIT),
        start: String((nowMs - SEARCH_BACK_MS) * 1000),
        end: String((nowMs + SEARCH_AHEAD_MS) * 1000),
      });
      const json = await ask(`/api/traces?${query.toString()}`);
      const ids = (json === undefined ? [] : (found.parse(json).data ?? [])).map(({ traceID }) => traceID);
      const traces = await Promise.all([...new Set(ids)].map(trace));
      return traces.flat().filter((span) => span.name === SPAN.HEDGE && span.attributes[attribute] === value);
    },
  };
}
