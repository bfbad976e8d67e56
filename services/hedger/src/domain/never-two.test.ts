import fc from "fast-check";
import { expect, it } from "vitest";

import { anIntent, applied, LINK_ID, opened, SIGNED_MS } from "../testing/ledger-samples.ts";
import { aDecision, anExecution, anOrderUpdate, aTarget, BTC_RULES, LIMITS } from "../testing/samples.ts";
import { apply } from "./apply.ts";
import { InvariantError } from "./apply-open.ts";
import { DEFAULT_EVIDENCE } from "./evidence.ts";
import type { LedgerInput } from "./ledger-input.ts";
import { emptyLedger, isResolved, positionOf, qtyOf, signOf, unresolvedOn } from "./ledger-state.ts";
import { newIntent } from "./new-intent.ts";
import { plan } from "./plan.ts";

const RULES = { ...DEFAULT_EVIDENCE, fence: "receive_window", evidenceHorizonMs: 10_000 } as const;

/** What may happen next, in any order: the planner's turn, or anything a venue or a restart can bring. */
const step = fc.oneof(
  fc.record({ do: fc.constant("plan" as const), target: fc.integer({ min: -3000, max: 3000 }) }),
  fc.record({
    do: fc.constantFrom(
      "accepted",
      "duplicate",
      "lost",
      "rejected",
      "not_arrived",
      "attempt",
      "not_found",
      "cancelled",
      "settle" as const,
    ),
  }),
  fc.record({ do: fc.constant("fill" as const), lots: fc.integer({ min: 1, max: 1500 }) }),
);

it("no interleaving opens a second intent while one is unresolved, or fills past the target", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let state = emptyLedger();
      let now = SIGNED_MS;
      let seq = 1000;
      let version = 0;
      for (const one of steps) {
        now += 700;
        const current = state.intents.find((entry) => !isResolved(entry)) ?? state.intents.at(-1);
        const linkId = current?.linkId ?? "none";
        const attempt = current?.attempt ?? 1;
        const known = { linkId, atUs: now * 1000, sentTimeUs: 0 };
        let input: LedgerInput | undefined;
        // The venue of this test keeps its word: what it refused, or never got, it does not show later.
        const gone = current !== undefined && isResolved(current) && qtyOf(current.cumExecQty).isZero();
        switch (one.do) {
          case "plan": {
            version += 1;
            const target = aTarget({ targetQty: (one.target / 1000).toFixed(3), bandQty: "0" });
            const decision = aDecision({ version, decidedTimeUs: now * 1000, targets: [target] });
            const time = { nowUs: now * 1000, venueTimeMs: now };
            const planned = plan({
              decision,
              target,
              state,
              rules: BTC_RULES,
              limits: { ...LIMITS, maxOrdersPerMinute: 200 },
              now: time,
            });
            if (planned.kind !== "open") break;
            expect(unresolvedOn(state, "linear", "BTCUSDT")).toHaveLength(0);
            const intent = newIntent(planned.draft, decision, {
              linkId: `hl-00000000000000-${version}`,
              signTimeMs: now,
              recvWindowMs: 5000,
              traceId: "",
              spanId: "",
              decisionReceiveTimeUs: now * 1000,
              openedTimeUs: now * 1000,
              decisionSpanId: "",
              decisionTraced: false,
            });
            input = { kind: "open", intent, decisionEpoch: 1, venueTimeMs: now };
            break;
          }
          case "fill": {
            if (current === undefined || isResolved(current)) break;
            // A venue never fills more than the order has left.
            const left = qtyOf(current.qty).minus(qtyOf(current.cumExecQty));
            const qty = left.lt(one.lots / 1000) ? left : qtyOf((one.lots / 1000).toFixed(3));
            if (qty.lte(0) || current.finalStatus === "Cancelled") break;
            seq += 1;
            const execution = anExecution({
              orderLinkId: linkId,
              side: current.side,
              execId: `e${seq}`,
              exchangeSeq: seq,
              qty: qty.toFixed(),
            });
            input = { kind: "execution", execution, own: true, ...known };
            break;
          }
          case "cancelled": {
            const filled = current?.cumExecQty ?? "0";
            input = {
              kind: "order",
              order: anOrderUpdate({
                orderLinkId: linkId,
                side: current?.side ?? "",
                orderStatus: "Cancelled",
                cumExecQty: filled,
                qty: "",
              }),
              ...known,
            };
            break;
          }
          case "accepted":
            input = { kind: "accepted", orderId: "o", ...known };
            break;
          case "duplicate":
          case "settle":
            input = { kind: one.do, ...known };
            break;
          case "lost":
            input = { kind: "lost", attempt, reason: "", ...known };
            break;
          case "rejected":
            input = { kind: "rejected", attempt, code: 110007, message: "", ...known };
            break;
          case "not_arrived":
            input = { kind: "not_arrived", attempt, evidence: "", ...known };
            break;
          case "attempt":
            input = { kind: "attempt", linkId, attempt: attempt + 1, signTimeMs: now, provedOut: false };
            break;
          case "not_found":
            input = { kind: "not_found", linkId, venueTimeMs: now, rules: RULES, atUs: now * 1000 };
            break;
          default:
            one satisfies never;
        }
        const change = input === undefined || (gone && input.kind !== "open") ? undefined : apply(state, input);
        state = change?.state ?? state;
        expect(change?.alarms ?? []).toEqual([]);
        expect(unresolvedOn(state, "linear", "BTCUSDT").length).toBeLessThanOrEqual(1);
        for (const open of unresolvedOn(state, "linear", "BTCUSDT")) {
          const beyond = qtyOf(positionOf(state, "linear", "BTCUSDT").qty)
            .minus(qtyOf(open.targetQty))
            .times(signOf(open.side));
          expect(beyond.lte(0)).toBe(true);
        }
      }
    }),
    { numRuns: 500 },
  );
});

it("refuses to open a second intent whoever asks", () => {
  const second = { ...anIntent(), linkId: "hl-00000000000000-2" };
  expect(() => apply(opened(), { kind: "open", intent: second, decisionEpoch: 1, venueTimeMs: SIGNED_MS })).toThrow(
    InvariantError,
  );
  const filled = applied(opened(), {
    kind: "execution",
    execution: anExecution({ orderLinkId: LINK_ID }),
    own: true,
    atUs: 1,
    sentTimeUs: 0,
  });
  expect(apply(filled, { kind: "open", intent: second, decisionEpoch: 1, venueTimeMs: SIGNED_MS })).toBeDefined();
});
