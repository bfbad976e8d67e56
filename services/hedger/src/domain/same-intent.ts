import type { Intent } from "@hedgelock/contracts";

/** Whether two forms of one intent say the same. */
export function sameIntent(left: Intent, right: Intent): boolean {
  const key = (intent: Intent): string =>
    JSON.stringify(Object.entries(intent).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return left === right || key(left) === key(right);
}
