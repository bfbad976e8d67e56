import type { Clock } from "@hedgelock/runtime";

import { signatureMatches } from "../api-keys.ts";
import type { ApiKeys } from "../api-keys.ts";
import { echo, parseCommand } from "./command.ts";
import type { Command } from "./command.ts";
import type { Connection } from "./connection.ts";
import type { PrivateFeed } from "./private-feed.ts";

export interface PrivateSessionDeps {
  readonly connection: Connection;
  readonly feed: PrivateFeed;
  readonly keys: ApiKeys;
  readonly clock: Clock;
}

/** Topics that carry everything, and their variants by category. */
const ALL_IN_ONE: readonly string[] = ["order", "execution", "execution.fast", "position", "wallet"];
const CATEGORISED: readonly string[] = [
  ...["linear", "spot", "inverse", "option"].flatMap((category) => [
    `order.${category}`,
    `execution.${category}`,
    `execution.fast.${category}`,
  ]),
  "position.linear",
  "position.inverse",
  "position.option",
];

/** Uid of the key that signed `GET/realtime` and its expiry; undefined when anything is wrong. */
function authenticatedUid(deps: PrivateSessionDeps, args: readonly (string | number)[]): string | undefined {
  const [apiKey, expires, sign] = args.map(String);
  if (apiKey === undefined || expires === undefined || sign === undefined) return undefined;
  if (!/^\d{1,15}$/.test(expires) || Number(expires) <= deps.clock.nowMs()) return undefined;
  const key = deps.keys.get(apiKey);
  return key !== undefined && signatureMatches(sign, key.apiSecret, [`GET/realtime${expires}`]) ? key.uid : undefined;
}

/** Why a list of topics is refused as a whole; undefined when it is not. */
function topicProblem(topics: readonly string[]): string | undefined {
  if (topics.length === 0) return "error:args is empty";
  const bad = topics.find((topic) => !ALL_IN_ONE.includes(topic) && !CATEGORISED.includes(topic));
  if (bad !== undefined) return `error:handler not found,topic:${bad}`;
  // Wallet has no variants, so it goes with either kind.
  const mixed =
    topics.some((topic) => topic !== "wallet" && ALL_IN_ONE.includes(topic)) &&
    topics.some((topic) => CATEGORISED.includes(topic));
  return mixed ? "error:all-in-one and categorised topics cannot be mixed in one request" : undefined;
}

class PrivateSession {
  readonly #deps: PrivateSessionDeps;
  #uid: string | undefined;

  constructor(deps: PrivateSessionDeps) {
    this.#deps = deps;
    deps.connection.onFrame((text) => {
      this.#handle(text);
    });
    deps.connection.onClose(() => {
      if (this.#uid !== undefined) deps.feed.forget(this.#uid, deps.connection);
    });
  }

  #handle(text: string): void {
    const command = parseCommand(text);
    if (command === undefined) {
      this.#send({ success: false, ret_msg: "Params Error", op: "", conn_id: this.#deps.connection.id });
      return;
    }
    switch (command.op) {
      case "ping":
        this.#send({
          ...echo(command.reqId),
          op: "pong",
          args: [String(this.#deps.clock.nowMs())],
          conn_id: this.#deps.connection.id,
        });
        return;
      case "auth":
        this.#auth(command);
        return;
      case "subscribe":
      case "unsubscribe":
        this.#subscribe(command);
        return;
      default:
        this.#ack(command, `error:unknown op ${command.op}`);
    }
  }

  #auth(command: Command): void {
    const uid = authenticatedUid(this.#deps, command.args);
    if (uid !== undefined && (this.#uid === undefined || this.#uid === uid)) {
      this.#uid = uid;
      this.#deps.connection.uid = uid;
      this.#ack(command, undefined);
    } else {
      this.#ack(command, "Params Error");
    }
  }

  #subscribe(command: Command): void {
    const { feed, connection } = this.#deps;
    const topics = command.args.map(String);
    const uid = this.#uid;
    const problem = uid === undefined ? "Request not authorized" : topicProblem(topics);
    this.#ack(command, problem);
    if (problem !== undefined || uid === undefined) return;
    for (const topic of topics) {
      if (command.op === "subscribe") feed.subscribe(uid, topic, connection);
      else feed.unsubscribe(uid, topic, connection);
    }
  }

  /** @param problem undefined for success */
  #ack(command: Command, problem: string | undefined): void {
    this.#send({
      success: problem === undefined,
      ret_msg: problem ?? "",
      op: command.op,
      conn_id: this.#deps.connection.id,
      ...echo(command.reqId),
    });
  }

  #send(frame: unknown): void {
    this.#deps.connection.send(JSON.stringify(frame));
  }
}

/** Serves a private connection: authentication, then topics of that account. */
export function openPrivateSession(deps: PrivateSessionDeps): void {
  void new PrivateSession(deps);
}
