import { assertNever } from "@hedgelock/runtime";
import type { Clock, Timers } from "@hedgelock/runtime";

import type { ExchangeEvent, PositionState } from "../domain/events.ts";
import { marketOf } from "../domain/state.ts";
import type { ExchangeState } from "../domain/state.ts";
import { executionMessage, fastExecutionMessage, orderMessage } from "../views/order-view.ts";
import { positionMessage } from "../views/position-view.ts";
import { walletMessage } from "../views/wallet-view.ts";
import type { Connection } from "./connection.ts";
import { TopicSubscribers } from "./topic-subscribers.ts";

/**
 * Delay between a match and each topic, milliseconds: the order and size of the gaps recorded from the exchange
 * (fast 1, execution and order 3 to 5, position and wallet 4 to 8).
 */
const DELAY_MS = { fast: 1, execution: 3, order: 4, position: 5, wallet: 6 } as const;

/** A message on its way to one account. */
interface Message {
  readonly topics: readonly string[];
  readonly delayMs: number;
  readonly id: string;
  readonly data: () => readonly unknown[];
}

type PositionEvent = Extract<ExchangeEvent, { readonly kind: "position" }>;
/** An event as it is told: positions of one symbol together. */
type Told =
  | Exclude<ExchangeEvent, PositionEvent>
  | (Omit<PositionEvent, "state"> & { readonly states: readonly PositionState[] });

/** In hedge mode long and short share one message (recorded). */
function withPairedPositions(events: readonly ExchangeEvent[]): readonly Told[] {
  const told: Told[] = [];
  for (const event of events) {
    if (event.kind !== "position") {
      told.push(event);
      continue;
    }
    const { state, ...rest } = event;
    const last = told.at(-1);
    const [long] = last?.kind === "position" ? last.states : [];
    const isPair =
      state.position.positionIdx === 2 &&
      long?.position.positionIdx === 1 &&
      long.position.symbol === state.position.symbol &&
      last?.uid === event.uid;
    if (isPair) told[told.length - 1] = { ...rest, states: [long, state] };
    else told.push({ ...rest, states: [state] });
  }
  return told;
}

export interface PrivateFeedDeps {
  readonly state: ExchangeState;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Private topics of every account. Order is kept within a topic, not between topics, as on the exchange. */
export class PrivateFeed {
  readonly #deps: PrivateFeedDeps;
  readonly #byUid = new Map<string, TopicSubscribers>();

  constructor(deps: PrivateFeedDeps) {
    this.#deps = deps;
  }

  subscribe(uid: string, topic: string, connection: Connection): void {
    this.#subscribers(uid).add(topic, connection);
  }

  unsubscribe(uid: string, topic: string, connection: Connection): void {
    this.#subscribers(uid).remove(topic, connection);
  }

  forget(uid: string, connection: Connection): void {
    this.#subscribers(uid).removeAll(connection);
  }

  publish(events: readonly ExchangeEvent[]): void {
    for (const event of withPairedPositions(events)) {
      for (const message of this.#messages(event)) {
        this.#deps.timers.after(message.delayMs, () => {
          this.#deliver(event.uid, message);
        });
      }
    }
  }

  #deliver(uid: string, message: Message): void {
    const subscribers = this.#subscribers(uid);
    const wanted = message.topics.filter((topic) => subscribers.has(topic));
    if (wanted.length === 0) return;
    const { id } = message;
    const creationTime = this.#deps.clock.nowMs();
    const data = message.data();
    for (const topic of wanted) {
      // Key order as recorded: executions name their topic first.
      const head = topic.startsWith("execution") ? { topic, id } : { id, topic };
      subscribers.send(topic, { ...head, creationTime, data });
    }
  }

  #messages(event: Told): readonly Message[] {
    const { state, clock } = this.#deps;
    switch (event.kind) {
      case "execution": {
        const { symbol, category } = event.executions[0] ?? { symbol: "", category: "linear" };
        const id = `${event.uid}_${symbol}_${event.seq}`;
        const market = marketOf(state, symbol);
        const trades = event.executions.filter((one) => one.execType === "Trade");
        const slow: Message = {
          topics: ["execution", `execution.${category}`],
          delayMs: DELAY_MS.execution,
          id,
          data: () => event.executions.map((one) => executionMessage(one, market)),
        };
        if (trades.length === 0) return [slow];
        const data = (): readonly unknown[] => trades.map((one) => fastExecutionMessage(one, market));
        return [{ topics: ["execution.fast", `execution.fast.${category}`], delayMs: DELAY_MS.fast, id, data }, slow];
      }
      case "order": {
        const { order } = event;
        const data = (): readonly unknown[] => [orderMessage(order, marketOf(state, order.symbol))];
        const id = `${event.uid}_${order.symbol}_${event.seq}`;
        return [{ topics: ["order", `order.${order.category}`], delayMs: DELAY_MS.order, id, data }];
      }
      case "position": {
        const data = (): readonly unknown[] => event.states.map(positionMessage);
        const id = `${event.uid}_position_${clock.nowMs() + DELAY_MS.position}`;
        return [
          {
            topics: ["position", `position.${event.states[0]?.position.contract ?? "linear"}`],
            delayMs: DELAY_MS.position,
            id,
            data,
          },
        ];
      }
      case "wallet": {
        const data = (): readonly unknown[] => [walletMessage(event.margin, event.coins)];
        const id = `${event.uid}_wallet_${clock.nowMs() + DELAY_MS.wallet}`;
        return [{ topics: ["wallet"], delayMs: DELAY_MS.wallet, id, data }];
      }
      case "loan_liquidated":
      case "unified_liquidated":
        return [];
      default:
        return assertNever(event);
    }
  }

  #subscribers(uid: string): TopicSubscribers {
    let subscribers = this.#byUid.get(uid);
    if (subscribers === undefined) {
      subscribers = new TopicSubscribers();
      this.#byUid.set(uid, subscribers);
    }
    return subscribers;
  }
}
