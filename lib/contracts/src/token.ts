/** Thrown when a name from outside cannot be a subject token. */
export class InvalidTokenError extends Error {
  override readonly name = "InvalidTokenError";
  readonly code = "CONTRACTS_INVALID_TOKEN";
}

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Checks that `value` can stand as one NATS subject token and returns it.
 * Only `[A-Za-z0-9_-]`, 1 to 64 characters: no dot, wildcard, space or control character can pass, so no name
 * from outside can widen a subject.
 * @param what what the value is, for the message: "account", "symbol", ...
 * @throws InvalidTokenError
 */
export function subjectToken(what: string, value: string): string {
  if (!TOKEN.test(value)) {
    throw new InvalidTokenError(
      `${what} ${JSON.stringify(value)} cannot be part of a subject: use 1 to 64 of the characters A-Z a-z 0-9 _ -`,
    );
  }
  return value;
}

/** True when {@link subjectToken} would accept the value. */
export function isSubjectToken(value: string): boolean {
  return TOKEN.test(value);
}
