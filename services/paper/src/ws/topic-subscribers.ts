import type { Connection } from "./connection.ts";

/** Who wants which topic. */
export class TopicSubscribers {
  readonly #byTopic = new Map<string, Set<Connection>>();

  add(topic: string, connection: Connection): void {
    let connections = this.#byTopic.get(topic);
    if (connections === undefined) {
      connections = new Set();
      this.#byTopic.set(topic, connections);
    }
    connections.add(connection);
  }

  remove(topic: string, connection: Connection): void {
    const connections = this.#byTopic.get(topic);
    connections?.delete(connection);
    if (connections?.size === 0) this.#byTopic.delete(topic);
  }

  removeAll(connection: Connection): void {
    for (const topic of this.#byTopic.keys()) this.remove(topic, connection);
  }

  has(topic: string): boolean {
    return this.#byTopic.has(topic);
  }

  topics(): Iterable<string> {
    return this.#byTopic.keys();
  }

  /** Serialises once and sends to all. */
  send(topic: string, frame: unknown): void {
    const connections = this.#byTopic.get(topic);
    if (connections === undefined) return;
    const bytes = Buffer.from(JSON.stringify(frame));
    // A slow client that is disconnected here leaves the set, which iteration allows.
    for (const connection of connections) connection.send(bytes);
  }
}
