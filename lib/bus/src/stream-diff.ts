import type { StreamConfig } from "@nats-io/jetstream";

import type { WantedStream } from "./stream-config.ts";

/** One field in which an existing stream differs. */
export interface FieldDifference {
  readonly field: string;
  readonly has: string;
  readonly wants: string;
  /** Why it is not changed in place; undefined when it is. */
  readonly refusedBecause: string | undefined;
}

const SHRINKS = "it holds messages, and a smaller bound could drop or refuse them";
const DECIDED = "it cannot be changed without losing or reinterpreting what is stored";
const LOOSENS = "it would loosen a protection";
const FOREIGN = "this deployment does not set it, so the stream is not ours";

/** Says why a difference is not repaired in place. */
type Judge = (has: unknown, wants: unknown, isEmpty: boolean) => string | undefined;

const harmless: Judge = () => undefined;
const fixed: Judge = () => DECIDED;
/** Bounds: 0 and -1 are without bound. An empty stream may shrink: it has nothing to lose. */
const growsOnly: Judge = (has, wants, isEmpty) => (!isEmpty && bound(wants) < bound(has) ? SHRINKS : undefined);
const tightensOnly: Judge = (has, wants) => (has === true && wants !== true ? LOOSENS : undefined);
const moreReplicasOnly: Judge = (has, wants) => (Number(wants) < Number(has) ? LOOSENS : undefined);

function bound(value: unknown): number {
  const number = Number(value);
  return number <= 0 ? Number.POSITIVE_INFINITY : number;
}

/** Every field we decide and whether a difference may be repaired in place. */
const JUDGES: Readonly<Record<Exclude<keyof WantedStream, "name">, Judge>> = {
  subjects: fixed,
  retention: fixed,
  storage: fixed,
  discard: fixed,
  description: harmless,
  max_consumers: growsOnly,
  max_msgs: growsOnly,
  max_msgs_per_subject: growsOnly,
  max_bytes: growsOnly,
  max_age: growsOnly,
  max_msg_size: growsOnly,
  duplicate_window: harmless,
  num_replicas: moreReplicasOnly,
  deny_delete: tightensOnly,
  deny_purge: tightensOnly,
  allow_rollup_hdrs: fixed,
  allow_direct: harmless,
  allow_msg_ttl: (has) => (has === true ? DECIDED : undefined),
  subject_delete_marker_ttl: harmless,
};

/** Settings that change what a stream is; ours have none of them. */
const FOREIGN_FIELDS = ["mirror", "sources", "subject_transform", "republish", "sealed", "no_ack"] as const;

/** Left out and the zero value are the same on the wire. */
function plain(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.map(String).toSorted().join(", ") : JSON.stringify(value);
}

function same(has: unknown, wants: unknown): boolean {
  const empty = (value: unknown): boolean => value === undefined || value === 0 || value === false || value === "";
  return plain(has) === plain(wants) || (empty(has) && empty(wants));
}

/**
 * Compares an existing stream with what is wanted, field by field.
 * @param isEmpty the stream holds no message
 */
export function diffStream(has: StreamConfig, wants: WantedStream, isEmpty: boolean): readonly FieldDifference[] {
  const differences: FieldDifference[] = [];
  for (const [field, judge] of Object.entries(JUDGES)) {
    const hasValue: unknown = Reflect.get(has, field);
    const wantsValue: unknown = Reflect.get(wants, field);
    if (same(hasValue, wantsValue)) continue;
    differences.push({
      field,
      has: plain(hasValue),
      wants: plain(wantsValue),
      refusedBecause: judge(hasValue, wantsValue, isEmpty),
    });
  }
  for (const field of FOREIGN_FIELDS) {
    const value: unknown = Reflect.get(has, field);
    if (same(value, undefined) || plain(value) === "{}") continue;
    differences.push({ field, has: plain(value), wants: "nothing", refusedBecause: FOREIGN });
  }
  return differences;
}

/** The differences as lines for a person. */
export function describeDifferences(stream: string, differences: readonly FieldDifference[]): string {
  return differences
    .map(({ field, has, wants, refusedBecause }) => {
      const why = refusedBecause === undefined ? "would be updated" : refusedBecause;
      return `${stream}.${field}: is ${has === "" ? "unset" : has}, wanted ${wants === "" ? "unset" : wants} (${why})`;
    })
    .join("; ");
}
