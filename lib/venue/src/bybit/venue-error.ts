import { HedgeLockError } from "@hedgelock/runtime";

import { classOfCode } from "./codes.ts";
import type { CodeClass } from "./codes.ts";

/** Why a read of the venue failed. */
export type VenueErrorCode =
  /** No answer in time, broken connection, or a server error. */
  | "VENUE_UNREACHABLE"
  /** The key is wrong, expired, not allowed from this address, or lacks a right. */
  | "VENUE_AUTH"
  | "VENUE_RATE_LIMITED"
  /** The venue refused the request. */
  | "VENUE_REFUSED"
  /** The answer could not be understood. */
  | "VENUE_BAD_ANSWER"
  | "VENUE_UNKNOWN_SYMBOL";

/** A failed read of the venue. The message never contains a key, a secret or a signature. */
export class VenueError extends HedgeLockError {
  override readonly name = "VenueError";
  /** The venue's own code, when it answered with one. */
  readonly retCode: number | undefined;

  constructor(
    code: VenueErrorCode,
    message: string,
    options: { readonly retCode?: number; readonly cause?: unknown } = {},
  ) {
    super(code, message, {
      retry:
        code === "VENUE_UNREACHABLE" || code === "VENUE_RATE_LIMITED" || code === "VENUE_BAD_ANSWER"
          ? "backoff"
          : "never",
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.retCode = options.retCode;
  }
}

const ERROR_OF_CLASS: Readonly<Record<CodeClass, VenueErrorCode>> = {
  auth: "VENUE_AUTH",
  rate: "VENUE_RATE_LIMITED",
  retry_same: "VENUE_UNREACHABLE",
  unknown_outcome: "VENUE_UNREACHABLE",
  socket_node: "VENUE_UNREACHABLE",
  clock: "VENUE_UNREACHABLE",
  already_done: "VENUE_REFUSED",
  order_gone: "VENUE_REFUSED",
  order_busy: "VENUE_REFUSED",
  funds: "VENUE_REFUSED",
  parameters: "VENUE_REFUSED",
  position_risk: "VENUE_REFUSED",
  market_state: "VENUE_REFUSED",
};

/** The error for an answer with a non-zero code. @param where what was asked, for people: "GET /v5/position/list" */
export function errorOfCode(where: string, retCode: number, message: string): VenueError {
  const codeClass = classOfCode(retCode);
  const code = codeClass === undefined ? "VENUE_REFUSED" : ERROR_OF_CLASS[codeClass];
  const advice = code === "VENUE_AUTH" ? ": check the API key, its rights, its address list and the environment" : "";
  return new VenueError(code, `${where} answered ${retCode}${message === "" ? "" : ` (${message})`}${advice}`, {
    retCode,
  });
}
