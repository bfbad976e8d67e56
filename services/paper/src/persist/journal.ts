import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";

import { HedgeLockError, errorText } from "@hedgelock/runtime";

const FILE = "paper.sqlite";
/** Of the table and of what stands in it. */
const FORMAT = "1";

/** One command as it was given to the exchange. */
export interface JournalEntry {
  readonly method: string;
  /** JSON of the arguments, see encode-arguments.ts. */
  readonly args: string;
  /** Cross sequence before it: proves that all commands before it did the same again. */
  readonly sequence: number;
}

/** What a journal was begun with. */
export interface JournalHead {
  /** Exchange time of the beginning, milliseconds since the epoch. */
  readonly createdMs: number;
  /** Seed of the exchange's ids. */
  readonly idSeed: number;
  /** Of the configuration that shapes market and accounts. */
  readonly fingerprint: string;
}

function broken(folder: string, why: string): HedgeLockError {
  return new HedgeLockError("PAPER_STATE", `cannot use the state in ${folder}: ${why}`, { exitStatus: 2 });
}

/**
 * Every command of the exchange in the order it was given, in SQLite, written before the command is done: what was
 * acknowledged is there after a kill. The operating system holds what the process has written, so only a crash of the
 * machine itself can lose the last moments (WAL without a sync for each command).
 */
export class Journal {
  readonly folder: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  /** @throws HedgeLockError PAPER_STATE when the folder cannot be used or another process has it */
  constructor(folder: string) {
    this.folder = folder;
    try {
      mkdirSync(folder, { recursive: true });
      this.#database = new DatabaseSync(join(folder, FILE));
      // Held for good from the first write on: a second process is refused.
      this.#database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
      this.#database.exec(`
        CREATE TABLE IF NOT EXISTS head (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS commands (
          number INTEGER PRIMARY KEY, method TEXT NOT NULL, args TEXT NOT NULL, sequence INTEGER NOT NULL
        ) STRICT;`);
      this.#insert = this.#database.prepare("INSERT INTO commands (method, args, sequence) VALUES (?, ?, ?)");
    } catch (error) {
      throw broken(folder, `${errorText(error)}. Is another paper exchange running on it?`);
    }
  }

  /** What it was begun with; undefined when it is new. @throws HedgeLockError PAPER_STATE for a format of another version */
  head(): JournalHead | undefined {
    const rows = this.#database.prepare("SELECT name, value FROM head").all();
    const values = new Map(rows.map((row) => [String(row["name"]), String(row["value"])]));
    if (values.size === 0) return undefined;
    const format = values.get("format");
    if (format !== FORMAT) throw broken(this.folder, `it has format ${format ?? "none"}, this program reads ${FORMAT}`);
    return {
      createdMs: Number(values.get("createdMs")),
      idSeed: Number(values.get("idSeed")),
      fingerprint: values.get("fingerprint") ?? "",
    };
  }

  begin(head: JournalHead): void {
    const put = this.#database.prepare("INSERT INTO head (name, value) VALUES (?, ?)");
    this.#database.exec("BEGIN");
    for (const [name, value] of Object.entries({ format: FORMAT, ...head })) put.run(name, String(value));
    this.#database.exec("COMMIT");
  }

  append(entry: JournalEntry): void {
    this.#insert.run(entry.method, entry.args, entry.sequence);
  }

  /** From the first on. */
  *entries(): Generator<JournalEntry, void, undefined> {
    const rows = this.#database.prepare("SELECT method, args, sequence FROM commands ORDER BY number").iterate();
    for (const row of rows) {
      yield { method: String(row["method"]), args: String(row["args"]), sequence: Number(row["sequence"]) };
    }
  }

  close(): void {
    this.#database.close();
  }
}
