import type { ControlFrame } from "./control-frame.ts";

/** Bybit spot takes at most ten topics a request; the other categories take more. */
const MAX_TOPICS_PER_REQUEST = 10;

export interface SubscriptionDeps {
  readonly send: (frame: unknown) => boolean;
  /** The venue refuses this topic even on its own. */
  readonly onRefused: (topic: string, message: string) => void;
}

/**
 * Subscribes topics and understands the answers. One bad topic makes Bybit refuse a whole request, so a refused request
 * is repeated topic by topic and only what is refused on its own counts as refused.
 */
export class Subscriptions {
  readonly #deps: SubscriptionDeps;
  readonly #pending = new Map<string, readonly string[]>();
  #nextId = 0;

  constructor(deps: SubscriptionDeps) {
    this.#deps = deps;
  }

  /** Forgets requests of a connection that is gone. */
  clear(): void {
    this.#pending.clear();
  }

  subscribe(topics: readonly string[]): void {
    for (let from = 0; from < topics.length; from += MAX_TOPICS_PER_REQUEST) {
      this.#request("subscribe", topics.slice(from, from + MAX_TOPICS_PER_REQUEST));
    }
  }

  /** Gives the topic up and asks for it anew, which brings a snapshot. */
  resubscribe(topic: string): void {
    this.#request("unsubscribe", [topic]);
    this.#request("subscribe", [topic]);
  }

  onAnswer(answer: ControlFrame): void {
    const topics = this.#pending.get(answer.requestId);
    this.#pending.delete(answer.requestId);
    if (answer.success || answer.kind !== "subscribe" || topics === undefined) return;
    const [only] = topics;
    if (topics.length === 1 && only !== undefined) this.#deps.onRefused(only, answer.message);
    else for (const topic of topics) this.#request("subscribe", [topic]);
  }

  #request(op: "subscribe" | "unsubscribe", topics: readonly string[]): void {
    this.#nextId += 1;
    const id = `s${this.#nextId}`;
    if (op === "subscribe") this.#pending.set(id, topics);
    this.#deps.send({ req_id: id, op, args: topics });
  }
}
