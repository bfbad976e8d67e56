import { HedgeLockError } from "@hedgelock/runtime";

import { BUS_ERROR } from "./bus-error.ts";

const BAD = /[\s*>\0]|^\.|\.$|\.\.|^$/;

/** The subject, when it names one subject and no more. @throws HedgeLockError BUS_INVALID_MESSAGE */
export function checkedSubject(subject: string): string {
  if (!BAD.test(subject)) return subject;
  throw new HedgeLockError(
    BUS_ERROR.INVALID_MESSAGE,
    `${JSON.stringify(subject)} is no subject to write to: it must not be empty or hold spaces, wildcards or empty parts`,
  );
}
