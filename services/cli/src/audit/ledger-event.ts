import type { HedgeEvent, HedgeRecord } from "@hedgelock/contracts";
import { assertNever } from "@hedgelock/runtime";

type Body = NonNullable<HedgeEvent["body"]>;

/** The event of a record as optional fields, of which at most one is set: easier to ask than a tagged union. */
export type LedgerEvent = { readonly [Case in Body as Case["$case"]]?: Case["value"] };

/** The event of a ledger record; empty for a record without one (from a newer writer). */
export function ledgerEvent(record: HedgeRecord): LedgerEvent {
  const body = record.event?.body;
  if (body === undefined) return {};
  switch (body.$case) {
    case "intentOpened":
      return { intentOpened: body.value };
    case "attempt":
      return { attempt: body.value };
    case "acknowledged":
      return { acknowledged: body.value };
    case "rejected":
      return { rejected: body.value };
    case "outcomeUnknown":
      return { outcomeUnknown: body.value };
    case "execution":
      return { execution: body.value };
    case "closed":
      return { closed: body.value };
    case "postcondition":
      return { postcondition: body.value };
    case "neverArrived":
      return { neverArrived: body.value };
    case "positionAdopted":
      return { positionAdopted: body.value };
    case "refused":
      return { refused: body.value };
    default:
      return assertNever(body);
  }
}

/** The link id an event is about; undefined for events that concern no order. */
export function linkIdOf(event: LedgerEvent): string | undefined {
  return (
    event.intentOpened ??
    event.attempt ??
    event.acknowledged ??
    event.rejected ??
    event.outcomeUnknown ??
    event.execution ??
    event.closed ??
    event.postcondition ??
    event.neverArrived
  )?.linkId;
}
