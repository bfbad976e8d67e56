/** Fields of one log line. Trace ids go in as `trace_id` and `span_id`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log. `event` is a stable, dotted name; `fields` hold the facts; the text is for people. */
export interface Logger {
  debug(event: string, fields?: LogFields, text?: string): void;
  info(event: string, fields?: LogFields, text?: string): void;
  warn(event: string, fields?: LogFields, text?: string): void;
  error(event: string, fields?: LogFields, text?: string): void;
  /** The same log with `fields` on every line. */
  child(fields: LogFields): Logger;
}

/** Says nothing: for tests. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
