/** Walks into parsed JSON; undefined where the path ends early. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  let at: unknown = value;
  for (const key of path) at = at === null || typeof at !== "object" ? undefined : Reflect.get(at, key);
  return at;
}

/** The entries of a list. */
export function items(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  const list: readonly unknown[] = value;
  return list;
}

/** The keys of an object, in order. */
export function keysOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return Object.keys(value);
}
