import type { Execution, Intent, OrderUpdate } from "@hedgelock/contracts";

import type { EvidenceRules } from "./evidence.ts";

/** When the bytes of an order left this process, microseconds since the epoch; 0 when this process does not know. */
interface WithSentTime {
  readonly sentTimeUs: number;
}

/** A position of one instrument as the venue told it. */
export interface PositionReading {
  readonly category: string;
  readonly symbol: string;
  /** Signed base quantity. */
  readonly qty: string;
  /** Cross sequence of the last event in it; undefined when the venue gave none (an instrument that is absent is flat). */
  readonly exchangeSeq: number | undefined;
  /** Venue time of the read. */
  readonly timeMs: number;
}

/** Everything that can change an account's ledger. Applying the same input again changes nothing. */
export type LedgerInput =
  | { readonly kind: "open"; readonly intent: Intent; readonly decisionEpoch: number; readonly venueTimeMs: number }
  /** `provedOut`: the attempt before this one definitely did not and cannot arrive. */
  | {
      readonly kind: "attempt";
      readonly linkId: string;
      readonly attempt: number;
      readonly signTimeMs: number;
      readonly provedOut: boolean;
    }
  | ({
      readonly kind: "accepted";
      readonly linkId: string;
      readonly orderId: string;
      readonly atUs: number;
    } & WithSentTime)
  /** The venue refused the link id as already taken: an earlier attempt arrived. */
  | ({ readonly kind: "duplicate"; readonly linkId: string; readonly atUs: number } & WithSentTime)
  | ({
      readonly kind: "rejected";
      readonly linkId: string;
      readonly attempt: number;
      readonly code: number;
      readonly message: string;
      readonly atUs: number;
    } & WithSentTime)
  /** This attempt definitely did not arrive: fenced by the venue, or never handed to the socket. */
  | ({
      readonly kind: "not_arrived";
      readonly linkId: string;
      readonly attempt: number;
      readonly evidence: string;
      readonly atUs: number;
    } & WithSentTime)
  | ({
      readonly kind: "lost";
      readonly linkId: string;
      readonly attempt: number;
      readonly reason: string;
    } & WithSentTime)
  | ({ readonly kind: "order"; readonly order: OrderUpdate; readonly atUs: number } & WithSentTime)
  /** `own`: the link id was made by this ledger, whether or not the intent is still in the state. */
  | ({
      readonly kind: "execution";
      readonly execution: Execution;
      readonly own: boolean;
      readonly atUs: number;
    } & WithSentTime)
  /** A FILLED order whose closing word has not come: its executions are word enough. */
  | { readonly kind: "settle"; readonly linkId: string }
  | {
      readonly kind: "not_found";
      readonly linkId: string;
      readonly venueTimeMs: number;
      readonly rules: EvidenceRules;
      readonly atUs: number;
    }
  | { readonly kind: "adopt"; readonly reading: PositionReading; readonly horizonMs: number; readonly reason: string }
  | {
      readonly kind: "postcondition";
      readonly linkId: string;
      readonly positionQty: string;
      readonly lotSize: string;
      readonly atUs: number;
    }
  | {
      readonly kind: "refused";
      readonly symbol: string;
      readonly decisionVersion: number;
      readonly decisionEpoch: number;
      readonly rule: string;
      readonly detail: string;
    };
