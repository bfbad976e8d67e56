import { isSubjectToken } from "@hedgelock/contracts";

/** The name to connect under: the user's, because its permissions cover the inboxes that begin with it. */
export function busName(user: string | undefined, otherwise: string): string {
  return user !== undefined && isSubjectToken(user) ? user : otherwise;
}
