/** A maintenance notice, as `/v5/system/status` lists it. */
export interface Notice {
  readonly id: string;
  readonly title: string;
  readonly state: "scheduled" | "ongoing" | "completed" | "canceled";
  /** Milliseconds since the epoch, as text. */
  readonly begin: string;
  readonly end: string;
  readonly href: string;
  readonly serviceTypes: readonly number[];
  readonly product: readonly number[];
  readonly uidSuffix: readonly number[];
  readonly maintainType: number;
  readonly env: number;
}

/** The same as `system.status` messages write it: two numbers are text there. */
export function noticeEntry(notice: Notice): unknown {
  return { ...notice, maintainType: String(notice.maintainType), env: String(notice.env) };
}
