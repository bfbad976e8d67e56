import {
  Decision,
  HedgeRecord,
  HedgeTarget,
  InputQuality,
  Intent,
  LedgerState,
  OrderState,
  RiskState,
  Trigger,
} from "@hedgelock/contracts";
import type { HedgeEvent } from "@hedgelock/contracts";

import type { AuditInput, DecisionEntry, LedgerEntry, VenueExecution, VenueOrder } from "../input.ts";

export const ACCOUNT = "acct-001";
export const SYMBOL = "BTCUSDT";
export const TRACE = "0af7651916cd43dd8448eb211c80319c";
export const LINK = "hl-one";
const START_MS = 1_760_000_000_000;
const MS = 1000;
/** Decoding nothing gives a message with every field at its default. */
const NOTHING = new Uint8Array();

/** Milliseconds after the start of the scenario, as the exchange's clock. */
export function at(ms: number): number {
  return START_MS + ms;
}

export function decision(
  ms: number,
  changes: Partial<Decision> & { readonly target?: string } = {},
  traceId = TRACE,
): DecisionEntry {
  const { target = "-0.5", ...rest } = changes;
  return {
    seq: 1,
    traceId,
    decision: {
      ...Decision.decode(NOTHING),
      account: ACCOUNT,
      version: 1,
      state: RiskState.RISK_STATE_DANGER,
      inputQuality: InputQuality.INPUT_QUALITY_FRESH,
      targets: [
        {
          ...HedgeTarget.decode(NOTHING),
          category: "linear",
          symbol: SYMBOL,
          targetQty: target,
          bandQty: "0.05",
          positionQty: "0",
        },
      ],
      trigger: {
        ...Trigger.decode(NOTHING),
        messageId: "spot:BTCUSDT:1:7:7",
        subject: "md.bybit.spot.BTCUSDT",
        receiveTimeUs: at(ms - 2) * MS,
        publishTimeUs: at(ms - 1) * MS,
      },
      decidedTimeUs: at(ms) * MS,
      ...rest,
    },
  };
}

export function entry(
  seq: number,
  ms: number,
  body: HedgeEvent["body"],
  intents: readonly Intent[] = [],
  traceId = TRACE,
): LedgerEntry {
  return {
    seq,
    record: {
      ...HedgeRecord.decode(NOTHING),
      account: ACCOUNT,
      version: seq,
      writer: "hedger-1",
      recordedTimeUs: at(ms) * MS,
      traceId,
      event: { body },
      state: { ...LedgerState.decode(NOTHING), intents: [...intents] },
    },
  };
}

export function intent(changes: Partial<Intent> = {}): Intent {
  return {
    ...Intent.decode(NOTHING),
    linkId: LINK,
    category: "linear",
    symbol: SYMBOL,
    side: "Sell",
    qty: "0.5",
    targetQty: "-0.5",
    bandQty: "0.05",
    state: OrderState.ORDER_STATE_SENDING,
    ...changes,
  };
}

export function order(changes: Partial<VenueOrder> = {}): VenueOrder {
  return {
    account: ACCOUNT,
    symbol: SYMBOL,
    orderId: "order-1",
    linkId: LINK,
    side: "Sell",
    qty: "0.5",
    cumExecQty: "0.5",
    status: "Filled",
    byExchange: false,
    createdTimeMs: at(5),
    ...changes,
  };
}

export function execution(changes: Partial<VenueExecution> = {}): VenueExecution {
  return {
    account: ACCOUNT,
    symbol: SYMBOL,
    execId: "exec-1",
    orderId: "order-1",
    linkId: LINK,
    side: "Sell",
    qty: "0.5",
    price: "60000",
    execType: "Trade",
    execTimeMs: at(6),
    ...changes,
  };
}

/** Ledger of one intent that was filled and verified, as event bodies in order. */
export const ONE_HEDGE: readonly LedgerEntry[] = [
  entry(1, 3, { $case: "intentOpened", value: { linkId: LINK } }, [intent()]),
  entry(2, 7, { $case: "acknowledged", value: { linkId: LINK, orderId: "order-1" } }),
  entry(3, 8, {
    $case: "execution",
    value: {
      linkId: LINK,
      execId: "exec-1",
      symbol: SYMBOL,
      qty: "-0.5",
      price: "60000",
      fee: "16.5",
      feeCurrency: "USDT",
      execTimeMs: at(6),
      exchangeSeq: 9,
    },
  }),
  entry(4, 9, { $case: "closed", value: { linkId: LINK, orderStatus: "Filled", reason: "" } }),
  entry(5, 40, {
    $case: "postcondition",
    value: { linkId: LINK, satisfied: true, targetQty: "-0.5", positionQty: "-0.5", residualQty: "0", reason: "" },
  }),
];

/** One decision, one order, one fill, all booked: nothing to find. */
export function soundInput(changes: Partial<AuditInput> = {}): AuditInput {
  return {
    orders: [order()],
    executions: [execution()],
    loans: [{ account: ACCOUNT, liquidatedAtMs: undefined }],
    ledger: ONE_HEDGE,
    decisions: [decision(2)],
    endedAtMs: at(60_000),
    rules: { lotSize: { [SYMBOL]: "0.001" }, hedgeDeadlineMs: { caution: 45_000, other: 5000 } },
    ...changes,
  };
}
