import type { AppendMessage, AppendOutcome, Bus, StoredMessage } from "@hedgelock/bus";
import { Decision } from "@hedgelock/contracts";

/** How the next append behaves. "lost" was not stored, "stored_lost" was; both answers got lost. */
export type Behaviour = "normal" | "lost" | "stored_lost" | "throw";

/** The RISK stream in memory: checked appends as the port defines them, with injected trouble. */
export class FakeRiskStream implements Pick<Bus, "append" | "lastOf"> {
  readonly messages: StoredMessage[] = [];
  readonly #behaviours: Behaviour[] = [];
  readonly #held: (() => void)[] = [];
  failingReads = 0;
  reads = 0;
  isHolding = false;
  /** Appends that began while another one of the same writer and subject was in flight; the port forbids them. */
  overlaps = 0;
  readonly #inFlight = new Set<string>();

  /** What happens to the next appends, in order; after that all is normal. */
  plan(...behaviours: readonly Behaviour[]): void {
    this.#behaviours.push(...behaviours);
  }

  /** Lets appends that were held back through. */
  release(): void {
    this.isHolding = false;
    for (const go of this.#held.splice(0)) go();
  }

  async append(message: AppendMessage): Promise<AppendOutcome> {
    const key = `${message.subject} ${message.messageId.split(":").at(-1)}`;
    if (this.#inFlight.has(key)) this.overlaps += 1;
    this.#inFlight.add(key);
    try {
      return await this.#append(message);
    } finally {
      this.#inFlight.delete(key);
    }
  }

  async #append(message: AppendMessage): Promise<AppendOutcome> {
    if (this.isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
    const behaviour = this.#behaviours.shift() ?? "normal";
    if (behaviour === "throw") throw new Error("the connection is closed");
    if (behaviour === "lost") return { outcome: "unknown", reason: "no answer" };
    if (this.messages.some((known) => known.messageId === message.messageId))
      return { outcome: "unknown", reason: "duplicate" };
    if ((this.#lastOf(message.subject)?.seq ?? 0) !== message.expectedLastSeq) return { outcome: "conflict" };
    const seq = this.messages.length + 1;
    this.messages.push({ ...message, stream: "RISK", seq, headers: message.headers ?? {} });
    return behaviour === "stored_lost" ? { outcome: "unknown", reason: "no answer" } : { outcome: "appended", seq };
  }

  lastOf(_stream: string, subject: string): Promise<StoredMessage | undefined> {
    this.reads += 1;
    if (this.failingReads > 0) {
      this.failingReads -= 1;
      return Promise.reject(new Error("no leader"));
    }
    return Promise.resolve(this.#lastOf(subject));
  }

  decisions(account?: string): Decision[] {
    const all = this.messages.map((message) => Decision.decode(message.payload));
    return account === undefined ? all : all.filter((decision) => decision.account === account);
  }

  #lastOf(subject: string): StoredMessage | undefined {
    return this.messages.findLast((message) => message.subject === subject);
  }
}
