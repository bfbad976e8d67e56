/** What a validator has read of a value. */
interface Reading {
  readonly value: unknown;
  /** Paths of the fields it looked at. */
  readonly read: Set<string>;
}

function watch(value: unknown, path: string, reading: Reading): unknown {
  if (typeof value !== "object" || value === null) return value;
  const watched = new Map<string | symbol, unknown>();
  return new Proxy(value, {
    get(target, key, receiver) {
      if (typeof key === "string") reading.read.add(`${path}/${key}`);
      if (!watched.has(key))
        watched.set(key, watch(Reflect.get(target, key, receiver), `${path}/${String(key)}`, reading));
      return watched.get(key);
    },
  });
}

function* paths(value: unknown, path: string): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield `${path}/${key}`;
    yield* paths(inner, `${path}/${key}`);
  }
}

/**
 * The fields of a value that a compiled validator never looked at. The validators of the Kubernetes API are code: they
 * read every field of their schema and pass over all others, so a field that nobody reads is unknown to the API.
 */
export function unreadFields(value: unknown, validate: (watched: unknown) => void): readonly string[] {
  const reading: Reading = { value, read: new Set() };
  validate(watch(value, "", reading));
  const unread = [...paths(value, "")].filter((path) => !reading.read.has(path));
  // Below an unknown field everything is unknown: its own name says enough.
  return unread.filter((path) => !unread.some((other) => path.startsWith(`${other}/`)));
}
