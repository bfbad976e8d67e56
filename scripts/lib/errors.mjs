/**
 * Everything that can keep the launcher from handing over: a stable code and the exit status that goes with it.
 * Statuses from 10 up, so that they are not taken for those of the command itself.
 */
export const EXIT_STATUS = Object.freeze({
  USAGE: 2,
  NODE_TOO_OLD: 10,
  PLATFORM_UNSUPPORTED: 11,
  NPM_MISSING: 12,
  LOCK_FILE_MISSING: 13,
  NO_NETWORK: 14,
  DISK_FULL: 15,
  PERMISSION_DENIED: 16,
  INSTALL_FAILED: 17,
  NATS_SERVER_INVALID: 18,
  NATS_SERVER_UNAVAILABLE: 19,
  INSTALL_BUSY: 20,
  HELM_INVALID: 21,
  HELM_UNAVAILABLE: 22,
});

/** A failure meant to be read by a person: what is wrong and what to do. */
export class LaunchError extends Error {
  name = "LaunchError";

  /**
   * @param {keyof typeof EXIT_STATUS} code
   * @param {string} message
   * @param {{cause?: unknown, detail?: string}} [options] detail: output of a tool, shown below the sentence
   */
  constructor(code, message, options = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitStatus = EXIT_STATUS[code];
    this.detail = options.detail;
  }
}

/** Error codes of Node and npm, by what they mean to the person in front of the screen. */
const MEANINGS = [
  ["DISK_FULL", /\b(ENOSPC|EDQUOT)\b|no space left on device/i],
  [
    "CERTIFICATE",
    /\b(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_HAS_EXPIRED)\b/,
  ],
  [
    "NO_NETWORK",
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EPIPE|ERR_SOCKET_TIMEOUT|ENOTCACHED|UND_ERR_\w+)\b/,
  ],
  ["PERMISSION_DENIED", /\b(EACCES|EPERM|EROFS)\b/],
];

/**
 * What a text that contains error codes means, or undefined.
 * @param {string} text
 * @returns {"DISK_FULL" | "CERTIFICATE" | "NO_NETWORK" | "PERMISSION_DENIED" | undefined}
 */
export function meaningOf(text) {
  return MEANINGS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** The error's message with the codes of everything that caused it, on one line. */
export function errorText(error) {
  const parts = [];
  for (let current = error, depth = 0; current !== undefined && current !== null && depth < 5; depth += 1) {
    const code = typeof current.code === "string" ? current.code : "";
    const message = String(current.message ?? current);
    const part = code === "" || message.includes(code) ? message : `${message} (${code})`;
    if (!parts.some((earlier) => earlier.includes(part))) parts.push(part);
    current = current.cause ?? current.errors?.[0];
  }
  return parts.join(": ").replaceAll(/\s*\n\s*/g, " ");
}

/**
 * The sentence for a file that could not be written or read, as a LaunchError; undefined when the error is of another
 * kind.
 * @param {unknown} error
 * @param {string} place what was being done, "installing packages"
 */
export function storageError(error, place) {
  const meaning = meaningOf(errorText(error));
  if (meaning === "DISK_FULL") {
    return new LaunchError(
      "DISK_FULL",
      `The disk is full: free some space and start again (${place}: ${errorText(error)}).`,
      {
        cause: error,
      },
    );
  }
  if (meaning === "PERMISSION_DENIED") {
    return new LaunchError(
      "PERMISSION_DENIED",
      `Not allowed to write: make the folder yours and start again, no root is needed (${place}: ${errorText(error)}).`,
      { cause: error },
    );
  }
  return undefined;
}
