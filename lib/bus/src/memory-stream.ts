import { NATS_HEADER } from "./message-headers.ts";
import type { Headers, StoredMessage } from "./port.ts";
import { subjectMatches } from "./subject-match.ts";

/** What a stream in memory is made like. */
export interface MemoryStreamSpec {
  readonly name: string;
  readonly subjects: readonly string[];
  /** 0 keeps all. */
  readonly maxPerSubject: number;
  readonly dedupWindowMs: number;
}

/** How a write into a stream in memory ended. */
export type MemoryWrite =
  | { readonly kind: "stored"; readonly seq: number; readonly duplicate: boolean }
  | { readonly kind: "conflict" };

/** A message to write; without id there is no deduplication, without expected sequence no check. */
export interface MemoryDraft {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: Headers;
  readonly messageId: string;
  readonly expectedLastSeq?: number;
}

/** A stream in memory. Like three servers do, it looks for duplicates before it checks the expected sequence. */
export class MemoryStream {
  readonly spec: MemoryStreamSpec;
  /** Message of sequence n at n - 1; undefined once dropped. */
  readonly #messages: (StoredMessage | undefined)[] = [];
  readonly #seqsBySubject = new Map<string, number[]>();
  readonly #ids = new Map<string, { readonly seq: number; readonly atMs: number }>();

  constructor(spec: MemoryStreamSpec) {
    this.spec = spec;
  }

  get lastSeq(): number {
    return this.#messages.length;
  }

  takes(subject: string): boolean {
    return this.spec.subjects.some((filter) => subjectMatches(filter, subject));
  }

  write(draft: MemoryDraft, nowMs: number): MemoryWrite {
    const known = draft.messageId === "" ? undefined : this.#ids.get(draft.messageId);
    if (known !== undefined && nowMs - known.atMs < this.spec.dedupWindowMs) {
      return { kind: "stored", seq: known.seq, duplicate: true };
    }
    const seqs = this.#seqsBySubject.get(draft.subject) ?? [];
    if (draft.expectedLastSeq !== undefined && draft.expectedLastSeq !== (seqs.at(-1) ?? 0))
      return { kind: "conflict" };
    const seq = this.#messages.length + 1;
    const id = draft.messageId === "" ? {} : { [NATS_HEADER.MESSAGE_ID]: draft.messageId };
    this.#messages.push({
      stream: this.spec.name,
      subject: draft.subject,
      seq,
      payload: draft.payload.slice(),
      headers: { ...draft.headers, ...id },
      messageId: draft.messageId,
    });
    if (draft.messageId !== "") this.#ids.set(draft.messageId, { seq, atMs: nowMs });
    seqs.push(seq);
    this.#seqsBySubject.set(draft.subject, seqs);
    if (this.spec.maxPerSubject > 0 && seqs.length > this.spec.maxPerSubject) {
      for (const old of seqs.splice(0, seqs.length - this.spec.maxPerSubject)) this.#messages[old - 1] = undefined;
    }
    return { kind: "stored", seq, duplicate: false };
  }

  at(seq: number): StoredMessage | undefined {
    return this.#messages[seq - 1];
  }

  last(subject: string): StoredMessage | undefined {
    const seq = this.#seqsBySubject.get(subject)?.at(-1);
    return seq === undefined ? undefined : this.at(seq);
  }

  /** The last message of every subject that one of the filters selects, in stream order. */
  lastPerSubject(filters: readonly string[]): readonly StoredMessage[] {
    return [...this.#seqsBySubject.keys()]
      .filter((subject) => filters.some((filter) => subjectMatches(filter, subject)))
      .flatMap((subject) => this.last(subject) ?? [])
      .toSorted((a, b) => a.seq - b.seq);
  }

  /** The first message after `seq` that one of the filters selects. */
  next(seq: number, filters: readonly string[]): StoredMessage | undefined {
    for (let candidate = seq + 1; candidate <= this.#messages.length; candidate += 1) {
      const message = this.at(candidate);
      if (message !== undefined && filters.some((filter) => subjectMatches(filter, message.subject))) return message;
    }
    return undefined;
  }
}
