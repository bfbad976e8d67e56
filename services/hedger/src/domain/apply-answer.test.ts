import { describe, expect, it } from "vitest";

import { applied, intentIn, LINK_ID, opened, SIGNED_MS } from "../testing/ledger-samples.ts";
import { anExecution, anOrderUpdate } from "../testing/samples.ts";
import { apply } from "./apply.ts";
import type { EvidenceRules } from "./evidence.ts";
import type { LedgerInput } from "./ledger-input.ts";
import { isResolved } from "./ledger-state.ts";
import { lifeStateOf } from "./order-life.ts";

const RULES: EvidenceRules = {
  fence: "receive_window",
  fenceMarginMs: 1000,
  evidenceHorizonMs: 10_000,
  agreeingAnswers: 3,
  spacingMs: 1000,
};
/** Signed at 0, window 5 s, margin 1 s, read lag 10 s. */
const PROVABLE_MS = SIGNED_MS + 16_000;

const lost = (attempt = 1): LedgerInput => ({
  kind: "lost",
  linkId: LINK_ID,
  attempt,
  reason: "timeout",
  sentTimeUs: 0,
});
const rejected = (attempt = 1): LedgerInput => ({
  kind: "rejected",
  linkId: LINK_ID,
  attempt,
  code: 110007,
  message: "ab not enough for new order",
  atUs: 1,
  sentTimeUs: 0,
});
const notFound = (venueTimeMs: number, rules: EvidenceRules = RULES): LedgerInput => ({
  kind: "not_found",
  linkId: LINK_ID,
  venueTimeMs,
  rules,
  atUs: 1,
});
const attempt = (number: number, provedOut: boolean): LedgerInput => ({
  kind: "attempt",
  linkId: LINK_ID,
  attempt: number,
  signTimeMs: SIGNED_MS + 3000,
  provedOut,
});
const fill: LedgerInput = {
  kind: "execution",
  execution: anExecution({ orderLinkId: LINK_ID }),
  own: true,
  atUs: 9,
  sentTimeUs: 0,
};
const stateAfter = (...inputs: readonly LedgerInput[]): string =>
  lifeStateOf(intentIn(applied(opened(), ...inputs)).state);

describe("UNKNOWN ends only by evidence", () => {
  it("is proved never to have arrived by three spaced answers after the fence and the read lag", () => {
    const answers = [1, 1001, 2001].map((ms) => notFound(PROVABLE_MS + ms));
    expect(stateAfter(lost(), ...answers.slice(0, 2))).toBe("UNKNOWN");
    expect(stateAfter(lost(), ...answers)).toBe("REJECTED");
    expect(intentIn(applied(opened(), lost(), ...answers)).finalStatus).toBe("NeverArrived");
  });

  it("takes no answer from before that, however many", () => {
    const early = Array.from({ length: 50 }, (_, index) => notFound(PROVABLE_MS - 50 + index));
    expect(stateAfter(lost(), ...early)).toBe("UNKNOWN");
    expect(intentIn(applied(opened(), lost(), ...early)).notFoundAnswers).toBe(0);
  });

  it("takes no two answers closer than the spacing", () => {
    const hasty = [1, 2, 3, 900].map((ms) => notFound(PROVABLE_MS + ms));
    expect(intentIn(applied(opened(), lost(), ...hasty)).notFoundAnswers).toBe(1);
  });

  it("dates the fence by the newest attempt", () => {
    const answers = [1, 1001, 2001].map((ms) => notFound(PROVABLE_MS + ms));
    expect(stateAfter(lost(), attempt(2, false), lost(2), ...answers)).toBe("UNKNOWN");
    const later = [3001, 4001, 5001].map((ms) => notFound(PROVABLE_MS + ms));
    expect(stateAfter(lost(), attempt(2, false), lost(2), ...later)).toBe("REJECTED");
  });

  it("is never proved on a venue without a fence", () => {
    const answers = Array.from({ length: 10 }, (_, index) =>
      notFound(PROVABLE_MS + index * 100_000, { ...RULES, fence: "none" }),
    );
    expect(stateAfter(lost(), ...answers)).toBe("UNKNOWN");
  });

  it("starts counting anew when there is a sign of life, and never disproves an order that arrived", () => {
    const answers = [1, 1001, 2001].map((ms) => notFound(PROVABLE_MS + ms));
    expect(stateAfter(lost(), { kind: "duplicate", linkId: LINK_ID, atUs: 1, sentTimeUs: 0 }, ...answers)).toBe(
      "ACKED",
    );
  });
});

describe("answers to sending", () => {
  it("a definite refusal of the only attempt is the end, and gives the day's quantity back", () => {
    const state = applied(opened(), rejected());
    expect(isResolved(intentIn(state))).toBe(true);
    expect(state.budget?.orderedToday).toEqual([{ symbol: "BTCUSDT", qty: "0" }]);
  });

  it("a refusal of the second attempt says nothing about the first", () => {
    expect(stateAfter(lost(), attempt(2, false), rejected(2))).toBe("UNKNOWN");
    expect(stateAfter(lost(), attempt(2, false), { ...notArrived, attempt: 2 })).toBe("UNKNOWN");
  });

  it("a refusal of the second attempt is the end when the first was proved out", () => {
    expect(stateAfter(attempt(2, true), rejected(2))).toBe("REJECTED");
  });

  it("an answer about an attempt that is no longer the present one decides nothing", () => {
    expect(stateAfter(lost(), attempt(2, false), rejected(1))).toBe("SENDING");
    expect(stateAfter(lost(), attempt(2, false), lost(1))).toBe("SENDING");
  });

  it("a late refusal does not undo a fill", () => {
    expect(stateAfter(fill, rejected())).toBe("FILLED");
    expect(apply(applied(opened(), fill), lost())).toBeUndefined();
  });

  it("another attempt is impossible once there is a sign that the order arrived", () => {
    expect(apply(applied(opened(), fill), attempt(2, false))).toBeUndefined();
    expect(apply(opened(), attempt(3, true))).toBeUndefined();
  });
});

const notArrived = {
  kind: "not_arrived",
  linkId: LINK_ID,
  attempt: 1,
  evidence: "fenced",
  atUs: 1,
  sentTimeUs: 0,
} as const satisfies LedgerInput;

describe("facts that contradict a refusal", () => {
  it("a fill after the proof is ours, counts, and raises the alarm", () => {
    const refused = applied(opened(), lost(), ...[1, 1001, 2001].map((ms) => notFound(PROVABLE_MS + ms)));
    const change = apply(refused, fill);
    expect(change?.alarms.map((alarm) => alarm.invariant)).toEqual(["fill_after_refusal"]);
    expect(change?.state.positions[0]?.qty).toBe("-0.25");
    expect(lifeStateOf(intentIn(applied(refused, fill)).state)).toBe("FILLED");
  });

  it("an open order after the proof is in flight again", () => {
    const order: LedgerInput = {
      kind: "order",
      order: anOrderUpdate({ orderLinkId: LINK_ID }),
      atUs: 1,
      sentTimeUs: 0,
    };
    const change = apply(applied(opened(), notArrived), order);
    expect(change?.alarms).toHaveLength(1);
    expect(stateAfter(notArrived, order)).toBe("ACKED");
  });

  it("a fill whose intent has left the state still moves the position, loudly, once", () => {
    const gone = applied(opened(), rejected(), {
      kind: "refused",
      symbol: "BTCUSDT",
      decisionVersion: 2,
      decisionEpoch: 1,
      rule: "x",
      detail: "",
    });
    expect(gone.intents).toEqual([]);
    const change = apply(gone, fill);
    expect(change?.alarms.map((alarm) => alarm.invariant)).toEqual(["fill_without_intent"]);
    const after = change?.state ?? gone;
    expect(after.positions[0]?.qty).toBe("-0.25");
    expect(apply(after, fill)).toBeUndefined();
  });

  it("a fill beyond the ordered quantity raises the alarm", () => {
    const more: LedgerInput = {
      ...fill,
      execution: anExecution({ orderLinkId: LINK_ID, execId: "exec-2", exchangeSeq: 1002, qty: "0.01" }),
    };
    const alarms = apply(applied(opened(), fill), more)?.alarms.map((alarm) => alarm.invariant);
    expect(alarms).toEqual(["filled_more_than_ordered", "position_over_target"]);
  });
});
