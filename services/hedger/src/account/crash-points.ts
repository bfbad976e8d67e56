/**
 * Named places between two steps of the order life. In production nothing happens there; a test or the fault runner
 * kills the process at one of them. Around each append there are two, named after the record's event.
 */
export const LEDGER_EVENTS = [
  "intentOpened",
  "attempt",
  "acknowledged",
  "rejected",
  "outcomeUnknown",
  "execution",
  "closed",
  "postcondition",
  "neverArrived",
  "positionAdopted",
  "refused",
] as const;
export type LedgerEventName = (typeof LEDGER_EVENTS)[number];

export type CrashPoint =
  | `append.${LedgerEventName}.before`
  | `append.${LedgerEventName}.after`
  /** The intent is stored, the request not yet handed over. */
  | "send.before"
  /** The request's bytes are with the socket. */
  | "send.bytes"
  /** The venue has answered, nobody has looked yet. */
  | "send.answer";

/** Every crash point there is. */
export const CRASH_POINTS: readonly CrashPoint[] = [
  ...LEDGER_EVENTS.flatMap((name): CrashPoint[] => [`append.${name}.before`, `append.${name}.after`]),
  "send.before",
  "send.bytes",
  "send.answer",
];

/** Called at each crash point. */
export type CrashHook = (point: CrashPoint) => void;

/** What production uses. */
export const noCrash: CrashHook = () => undefined;
