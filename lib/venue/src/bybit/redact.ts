import type { VenueCredentials } from "../port.ts";

/** Longest text of the venue that is passed on in an error or a log line. */
const MAX_TEXT_LENGTH = 300;

/** Makes a text of the venue fit for an error or a log line. */
export type Redact = (text: string) => string;

/**
 * Takes the key pair and every signature-like word out of a text and shortens it. Bybit's own answer to a wrong
 * signature (10004) repeats the string that was signed, which contains the key.
 */
export function redactor(credentials: VenueCredentials | undefined): Redact {
  const secrets = [credentials?.apiKey, credentials?.apiSecret].filter(
    (secret) => secret !== undefined && secret !== "",
  );
  return (text) => {
    let safe = text;
    for (const secret of secrets) {
      if (secret !== undefined) safe = safe.replaceAll(secret, "[redacted]");
    }
    safe = safe.replaceAll(/\b[0-9a-f]{64}\b/gi, "[redacted]");
    return shortened(safe);
  };
}

/** At most `maxLength` characters, with what was cut off counted. */
export function shortened(text: string, maxLength: number = MAX_TEXT_LENGTH): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}… (${text.length - maxLength} more characters)`;
}
