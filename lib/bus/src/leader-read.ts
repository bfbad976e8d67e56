import type { JetStreamApi } from "./jetstream-api.ts";
import type { StoredMessage } from "./port.ts";
import { ReceivedMessage } from "./received-message.ts";

/** Reads in flight at once: fills the link, far below the server's bound of 10,000 requests. */
const READ_WINDOW = 256;

/**
 * The last message that matches, read from the stream's leader (`STREAM.MSG.GET`). Never a direct get: that is answered
 * by any replica, also by one that lags.
 * @param subject may hold wildcards
 */
export async function leaderLast(
  api: JetStreamApi,
  stream: string,
  subject: string,
): Promise<StoredMessage | undefined> {
  const found = await api.call(`reading the last message of "${subject}"`, (jsm) =>
    jsm.streams.getMessage(stream, { last_by_subj: subject }),
  );
  return found === null
    ? undefined
    : new ReceivedMessage(stream, found.seq, { subject: found.subject, data: found.data, headers: found.header });
}

/** The stream's own identity and end, from its leader. */
export interface StreamPosition {
  /** When the stream was created: another value means another stream. */
  readonly created: string;
  readonly lastSeq: number;
}

/** @param attempt when given, asks once; the number decides the time it gets */
export async function streamPosition(api: JetStreamApi, stream: string, attempt?: number): Promise<StreamPosition> {
  const doing = `reading the state of stream ${stream}`;
  const info = await (attempt === undefined
    ? api.call(doing, (jsm) => jsm.streams.info(stream))
    : api.once(doing, (jsm) => jsm.streams.info(stream), attempt));
  return { created: info.created, lastSeq: info.state.last_seq };
}

/**
 * The last message of every subject that matches, in stream order, each read from the leader. A consumer or a batch get
 * would need fewer requests, but both may be served by a replica that lags (and a batch get ends at 1,024 subjects);
 * so the leader lists the subjects and then answers single reads, {@link READ_WINDOW} at a time.
 */
export async function leaderLastPerSubject(
  api: JetStreamApi,
  stream: string,
  filter: string,
): Promise<readonly StoredMessage[]> {
  const info = await api.call(`listing the subjects of stream ${stream} under "${filter}"`, (jsm) =>
    jsm.streams.info(stream, { subjects_filter: filter }),
  );
  const subjects = Object.keys(info.state.subjects ?? {});
  const found: StoredMessage[] = [];
  let next = 0;
  const reader = async (): Promise<void> => {
    for (let subject = subjects[next]; subject !== undefined; subject = subjects[next]) {
      next += 1;
      const message = await leaderLast(api, stream, subject);
      if (message !== undefined) found.push(message);
    }
  };
  await Promise.all(Array.from({ length: Math.min(READ_WINDOW, subjects.length) }, reader));
  return found.toSorted((a, b) => a.seq - b.seq);
}
