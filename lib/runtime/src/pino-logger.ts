import pino from "pino";

import type { LogFields, Logger } from "./logger.ts";

/** Names of fields that never reach a log, wherever they stand. */
const SECRET_FIELDS = [
  "apiSecret",
  "api_secret",
  "secret",
  "password",
  "signature",
  "*.apiSecret",
  "*.secret",
  "*.password",
];

function wrap(log: pino.Logger): Logger {
  const at = (level: "debug" | "info" | "warn" | "error") => (event: string, fields?: LogFields, text?: string) => {
    log[level]({ event, ...fields }, text);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => wrap(log.child(fields)),
  };
}

/** JSON lines on standard output: `level`, `time` (ISO), `service`, `writer`, `event`, fields, `msg`. Written synchronously, so the last line before a crash is there. */
export function pinoLogger(options: {
  readonly service: string;
  readonly writer: string;
  readonly level: string;
}): Logger {
  const destination = pino.destination({ fd: 1, sync: true });
  const log = pino(
    {
      level: options.level,
      base: { service: options.service, writer: options.writer },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS, censor: "[redacted]" },
    },
    destination,
  );
  return wrap(log);
}
