/** What the process tells its caller. Documented in the help text of every command. */
export const EXIT = {
  OK: 0,
  /** An invariant broke: one of the four totals is not zero, or a fill has no complete trace. */
  INVARIANT_BROKEN: 1,
  BAD_OPTIONS: 2,
  /** A part of the stack could not start, or ended by itself. */
  SERVICE_FAILED: 3,
  /** Stopped by Ctrl-C (or SIGTERM, SIGHUP) before there was a report. */
  INTERRUPTED: 130,
} as const;
