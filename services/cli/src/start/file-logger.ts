import { appendFileSync } from "node:fs";

import type { Clock, LogFields, Logger } from "@hedgelock/runtime";

/** Log of the program itself, as JSON lines in a file: standard output belongs to the view. */
export function fileLogger(path: string, clock: Clock, common: LogFields = {}): Logger {
  const at = (level: string) => (event: string, fields?: LogFields, text?: string) => {
    const line = {
      level,
      time: new Date(clock.nowMs()).toISOString(),
      service: "cli",
      event,
      ...common,
      ...fields,
      msg: text,
    };
    appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  };
  return {
    debug() {},
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => fileLogger(path, clock, { ...common, ...fields }),
  };
}
