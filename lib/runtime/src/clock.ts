/** The only source of time in the system. */
export interface Clock {
  /** Wall clock, microseconds since the epoch, monotone within a process. */
  nowUs(): number;
  /** Wall clock, whole milliseconds since the epoch. */
  nowMs(): number;
}

/** Cancels what it was returned for; safe to call more than once. */
export type Cancel = () => void;

/** The only source of delays in the system. */
export interface Timers {
  /** Calls `run` once after `delayMs`. */
  after(delayMs: number, run: () => void): Cancel;
  /** Calls `run` every `periodMs`, first after one period. */
  every(periodMs: number, run: () => void): Cancel;
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** The only source of randomness in the system. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** `bytes` random bytes as lower-case hexadecimal. */
  hex(bytes: number): string;
}
