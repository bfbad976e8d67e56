import type { Clock } from "@hedgelock/runtime";

import { echo, parseCommand } from "./command.ts";
import type { Command } from "./command.ts";
import type { Connection } from "./connection.ts";
import type { PublicFeed } from "./public-feed.ts";

/** Kinds of public connection. */
export type PublicKind = "linear" | "spot" | "inverse" | "option";

/** Most topics in one request on a spot connection. */
const SPOT_MAX_ARGS = 10;
/** Most characters of all arguments of a request. */
const MAX_ARGS_TEXT = 21_000;

export interface PublicSessionDeps {
  readonly kind: PublicKind;
  readonly connection: Connection;
  /** Undefined for kinds without topics. */
  readonly feed: PublicFeed | undefined;
  readonly clock: Clock;
}

/** Key order as captured: linear always has a req_id, spot only when the request had one. */
function ack(deps: PublicSessionDeps, command: Command, success: boolean, text: string): unknown {
  const { kind, connection } = deps;
  const reqId = kind === "spot" ? echo(command.reqId) : { req_id: command.reqId ?? "" };
  return { success, ret_msg: text, conn_id: connection.id, ...reqId, op: command.op };
}

/** Why a list of topics is refused; undefined when all are offered. One bad topic refuses the whole request. */
function topicProblem(deps: PublicSessionDeps, topics: readonly string[]): string | undefined {
  if (topics.length === 0) return "error:args is empty";
  if (deps.kind === "spot" && topics.length > SPOT_MAX_ARGS) return "args size >10";
  if (topics.join("").length > MAX_ARGS_TEXT) return "error:args length >21000";
  const bad = topics.find((topic) => deps.feed?.offers(topic) !== true);
  return bad === undefined ? undefined : `error:handler not found,topic:${bad}`;
}

function pong(deps: PublicSessionDeps, command: Command): unknown {
  if (deps.kind === "option") return { args: [String(deps.clock.nowMs())], op: "pong" };
  return { success: true, ret_msg: "pong", conn_id: deps.connection.id, req_id: command.reqId ?? "", op: "ping" };
}

/** Option connections answer with the topics that worked and those that did not. */
function optionResponse(deps: PublicSessionDeps, topics: readonly string[]): unknown {
  return {
    success: true,
    conn_id: deps.connection.id,
    data: { failTopics: topics, successTopics: [] },
    type: "COMMAND_RESP",
  };
}

function handle(deps: PublicSessionDeps, text: string): void {
  const { connection, feed, kind } = deps;
  const send = (frame: unknown): void => {
    connection.send(JSON.stringify(frame));
  };
  const command = parseCommand(text);
  if (command === undefined) {
    send({ success: false, ret_msg: "Params Error", conn_id: connection.id, req_id: "", op: "" });
    return;
  }
  const topics = command.args.map(String);
  switch (command.op) {
    case "ping":
      send(pong(deps, command));
      return;
    case "subscribe":
    case "unsubscribe": {
      if (kind === "option") {
        send(optionResponse(deps, topics));
        return;
      }
      const problem = topicProblem(deps, topics);
      send(ack(deps, command, problem === undefined, problem ?? (kind === "spot" ? command.op : "")));
      if (problem !== undefined || feed === undefined) return;
      for (const topic of topics) {
        if (command.op === "subscribe") feed.subscribe(topic, connection);
        else feed.unsubscribe(topic, connection);
      }
      return;
    }
    default:
      send(ack(deps, command, false, `error:unknown op ${command.op}`));
  }
}

/** Serves a public connection. */
export function openPublicSession(deps: PublicSessionDeps): void {
  deps.connection.onFrame((text) => {
    handle(deps, text);
  });
  deps.connection.onClose(() => {
    deps.feed?.forget(deps.connection);
  });
}
