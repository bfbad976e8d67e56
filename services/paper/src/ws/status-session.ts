import { noticeEntry } from "../faults/notice.ts";
import type { Notice } from "../faults/notice.ts";
import { echo, parseCommand } from "./command.ts";
import type { Connection } from "./connection.ts";

const TOPIC = "system.status";

/** The `system.status` topic: maintenance notices. */
export class StatusFeed {
  readonly #subscribers = new Set<Connection>();

  subscribe(connection: Connection): void {
    this.#subscribers.add(connection);
  }

  forget(connection: Connection): void {
    this.#subscribers.delete(connection);
  }

  /** Tells everybody of a notice. @param nowMs exchange time */
  publish(notice: Notice, nowMs: number): void {
    const text = JSON.stringify({ topic: TOPIC, ts: nowMs, data: [noticeEntry(notice)] });
    for (const connection of this.#subscribers) connection.send(text);
  }
}

/** Serves a connection to `/v5/public/misc/status`. */
export function openStatusSession(deps: { readonly connection: Connection; readonly feed: StatusFeed }): void {
  const { connection, feed } = deps;
  connection.onFrame((text) => {
    const command = parseCommand(text);
    const op = command?.op ?? "";
    const bad = command?.args.map(String).find((topic) => topic !== TOPIC);
    const problem =
      op === "ping"
        ? undefined
        : op !== "subscribe" && op !== "unsubscribe"
          ? "Params Error"
          : bad === undefined
            ? undefined
            : `error:handler not found,topic:${bad}`;
    const answer = {
      success: problem === undefined,
      ret_msg: problem ?? (op === "ping" ? "pong" : ""),
      conn_id: connection.id,
      ...echo(command?.reqId),
      op,
    };
    connection.send(JSON.stringify(answer));
    if (problem !== undefined) return;
    if (op === "subscribe") feed.subscribe(connection);
    if (op === "unsubscribe") feed.forget(connection);
  });
  connection.onClose(() => {
    feed.forget(connection);
  });
}
