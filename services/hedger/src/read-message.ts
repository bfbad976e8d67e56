import { PoisonMessageError, type StoredMessage } from "@hedgelock/bus";
import { AccountSnapshot, Decision, ExecEvent, parseSubject, type Position } from "@hedgelock/contracts";
import { toDecimal } from "@hedgelock/finance";
import { errorText } from "@hedgelock/runtime";

/** Decodes and checks; anything thrown inside makes the message poison, with the reason. */
function checked<Value>(message: StoredMessage, what: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new PoisonMessageError(`${message.subject} ${message.seq} is no ${what}: ${errorText(error)}`, {
      cause: error,
    });
  }
}

function decimal(what: string, text: string): void {
  try {
    toDecimal(text);
  } catch (error) {
    throw new Error(`${what}: ${errorText(error)}`, { cause: error });
  }
}

function optionalDecimal(what: string, text: string): void {
  if (text !== "") decimal(what, text);
}

function need(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** The account a subject names. @throws PoisonMessageError */
export function accountOf(message: StoredMessage): string {
  const parsed = parseSubject(message.subject);
  if (parsed === undefined || parsed.family === "md") {
    throw new PoisonMessageError(`${message.subject} is no subject of an account`);
  }
  return parsed.account;
}

/** A decision whose quantities and prices are numbers. @throws PoisonMessageError */
export function readDecision(message: StoredMessage): Decision {
  return checked(message, "decision", () => {
    const decision = Decision.decode(message.payload);
    need(decision.account === accountOf(message), `it is for the account ${decision.account}`);
    need(decision.version > 0 && decision.decidedTimeUs > 0, "it has no version or no time");
    for (const target of decision.targets) {
      need(target.symbol !== "" && target.category !== "", "a target names no instrument");
      decimal(`target of ${target.symbol}`, target.targetQty);
      optionalDecimal(`band of ${target.symbol}`, target.bandQty);
      for (const price of [target.markPrice, target.bidPrice, target.askPrice])
        optionalDecimal(`price of ${target.symbol}`, price);
    }
    return decision;
  });
}

function checkOrder(order: Extract<NonNullable<ExecEvent["body"]>, { $case: "order" }>["value"]): void {
  need(order.orderId !== "" && order.orderStatus !== "", "the order has no id or no status");
  optionalDecimal("order quantity", order.qty);
  optionalDecimal("executed quantity", order.cumExecQty);
}

function checkExecution(execution: Extract<NonNullable<ExecEvent["body"]>, { $case: "execution" }>["value"]): void {
  need(execution.execId !== "", "the execution has no id");
  need(
    execution.side === "Buy" || execution.side === "Sell",
    `the execution's side is ${JSON.stringify(execution.side)}`,
  );
  decimal("execution quantity", execution.qty);
  decimal("execution price", execution.price);
  optionalDecimal("execution value", execution.value);
  optionalDecimal("execution fee", execution.fee);
}

/** An order update or an execution. @throws PoisonMessageError */
export function readExecEvent(message: StoredMessage): ExecEvent {
  return checked(message, "execution event", () => {
    const event = ExecEvent.decode(message.payload);
    need(event.account === accountOf(message), `it is for the account ${event.account}`);
    need(event.body !== undefined, "it is empty");
    if (event.body?.$case === "order") checkOrder(event.body.value);
    if (event.body?.$case === "execution") checkExecution(event.body.value);
    return event;
  });
}

/** A surface of positions. */
export interface PositionSurface {
  readonly positions: readonly Position[];
  readonly timeMs: number;
}

/** Every open position of an account. @throws PoisonMessageError */
export function readPositions(message: StoredMessage): PositionSurface {
  return checked(message, "position snapshot", () => {
    const snapshot = AccountSnapshot.decode(message.payload);
    need(snapshot.account === accountOf(message), `it is for the account ${snapshot.account}`);
    if (snapshot.body?.$case !== "positions") throw new Error("it holds no positions");
    const { positions } = snapshot.body.value;
    for (const row of positions) decimal(`position of ${row.symbol}`, row.qty);
    return { positions, timeMs: snapshot.exchangeTimeMs };
  });
}
