import type { ApiAnswer } from "../http/api.ts";
import type { FaultList } from "./fault-list.ts";
import { strikes } from "./fault-list.ts";
import { patternFits } from "./fault-spec.ts";
import { changeFields } from "./change-fields.ts";
import { dropYoungRows } from "./row-age.ts";
import type { StaleReads } from "./stale-reads.ts";

/** A call as the faults see it. */
export interface FaultyCall {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  /** Undefined for public calls and unknown keys. */
  readonly uid: string | undefined;
  /** Exchange time, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** An answer before it is written. */
export interface FaultyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ApiAnswer;
}

/** How a call is to be answered. */
export interface FaultyOutcome {
  /** Undefined hangs up. */
  readonly answer: FaultyAnswer | undefined;
  readonly delayMs: number;
}

function failure(status: number, retCode: number, retMsg: string): FaultyAnswer {
  return { status, headers: {}, body: { retCode, retMsg, result: {} } };
}

/** Histories whose rows appear late. */
const HISTORIES =
  /\/(?:order\/history|execution\/list|closed-pnl|transaction-log|[a-z]+-history|borrow-[a-z]+-info|query-inter-transfer-list)$/;
const ORDER_READS = /^\/v5\/(?:order\/(?:realtime|history)|execution\/list)$/;

/** Lays the faults over the calls. A thin coat: what is asked is done by the exchange as always. */
export class HttpFaults {
  readonly #faults: FaultList;
  readonly #stale: StaleReads;

  constructor(faults: FaultList, stale: StaleReads) {
    this.#faults = faults;
    this.#stale = stale;
  }

  /** Milliseconds by which the exchange's clock is off. */
  skewMs(): number {
    return this.#faults.of("clock_skew").reduce((sum, { spec }) => sum + spec.offsetMs, 0);
  }

  #fits(
    spec: { readonly path?: string | undefined; readonly account?: string | undefined },
    call: FaultyCall,
  ): boolean {
    if (spec.account !== undefined && spec.account !== call.uid) return false;
    return spec.path === undefined || patternFits(spec.path, call.path);
  }

  /** @param run does what is asked */
  answer(call: FaultyCall, run: () => FaultyAnswer): FaultyOutcome {
    if (this.#faults.size === 0) return { answer: run(), delayMs: 0 };
    const delayMs = this.#delayMs(call);
    for (const fault of this.#faults.of("maintenance")) {
      const { refuse, state } = fault.spec;
      if (refuse && state === "ongoing" && call.uid !== undefined && this.#fits(fault.spec, call) && strikes(fault))
        return { answer: failure(200, 10016, "System maintenance in progress"), delayMs };
    }
    for (const fault of this.#faults.of("rate_limit")) {
      if (!this.#fits(fault.spec, call) || !strikes(fault)) continue;
      const headers = {
        "X-Bapi-Limit": "10",
        "X-Bapi-Limit-Status": "0",
        "X-Bapi-Limit-Reset-Timestamp": String(call.nowMs + fault.spec.resetMs),
      };
      const refusal = failure(200, 10006, "Too many visits! Exceeded the API Rate Limit.");
      return { answer: { ...refusal, headers }, delayMs };
    }
    for (const fault of this.#faults.of("http_lost")) {
      if (!this.#fits(fault.spec, call) || !strikes(fault)) continue;
      if (fault.spec.execute) run();
      return { answer: undefined, delayMs };
    }
    for (const fault of this.#faults.of("http_error")) {
      if (!this.#fits(fault.spec, call) || !strikes(fault)) continue;
      const { status, retCode, retMsg, execute } = fault.spec;
      const refused = status === 403 || status === 429;
      if (execute && !refused) run();
      return { answer: failure(status, retCode, retMsg), delayMs };
    }
    return { answer: this.#changed(call, run), delayMs };
  }

  #delayMs(call: FaultyCall): number {
    let delayMs = 0;
    for (const fault of this.#faults.of("http_delay")) {
      if (this.#fits(fault.spec, call) && strikes(fault)) delayMs += fault.spec.delayMs;
    }
    return delayMs;
  }

  /** The real answer as stale, late or odd as the faults want it. */
  #changed(call: FaultyCall, run: () => FaultyAnswer): FaultyAnswer {
    let answer = run();
    const set = (result: unknown): void => {
      answer = { ...answer, body: { ...answer.body, result } };
    };
    if (call.method === "GET" && call.uid !== undefined && answer.body.retCode === 0) {
      for (const fault of this.#faults.of("stale_reads")) {
        if (this.#fits(fault.spec, call) && strikes(fault))
          set(this.#stale.past(call, () => run().body.result, fault.spec.seconds * 1000));
      }
      for (const fault of this.#faults.of("order_not_found")) {
        if (ORDER_READS.test(call.path) && this.#fits(fault.spec, call) && strikes(fault))
          set(dropYoungRows(answer.body.result, call.nowMs - fault.spec.seconds * 1000));
      }
      for (const fault of this.#faults.of("late_history")) {
        if (HISTORIES.test(call.path) && this.#fits(fault.spec, call) && strikes(fault))
          set(dropYoungRows(answer.body.result, call.nowMs - fault.spec.seconds * 1000, "newest"));
      }
    }
    for (const fault of this.#faults.of("field")) {
      if (fault.spec.path !== undefined && this.#fits(fault.spec, call) && strikes(fault))
        set(changeFields(answer.body.result, fault.spec));
    }
    return answer;
  }
}
