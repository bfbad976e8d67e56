/** What a caller may do about an error. */
export type Retry = "never" | "backoff";

/**
 * An error meant to be read by a person: what is wrong, where, and what to do. `code` is stable and documented;
 * `exitStatus` is what the process ends with when nothing handles it.
 */
export class HedgeLockError extends Error {
  override readonly name: string = "HedgeLockError";
  readonly code: string;
  readonly retry: Retry;
  readonly exitStatus: number;

  constructor(
    code: string,
    message: string,
    options: { readonly cause?: unknown; readonly retry?: Retry; readonly exitStatus?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? "never";
    this.exitStatus = options.exitStatus ?? 1;
  }
}

/** The message of anything thrown, on one line. */
export function errorText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
}
