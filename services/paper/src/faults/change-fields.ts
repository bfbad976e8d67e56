/** What is done to a field. */
export interface FieldChange {
  readonly field: string;
  readonly action: "set" | "remove";
  readonly value?: unknown;
}

/**
 * A copy in which every object of the innermost lists (rows), or the object itself where it has none, has the field set or
 * removed. A field that is already there is changed where it is, also deeper down; a new one is added.
 */
export function changeFields(value: unknown, change: FieldChange): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => changeFields(one, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]): [string, unknown] => [key, inner]);
  const inLists = entries.some(
    ([, inner]) => Array.isArray(inner) && inner.some((one: unknown) => typeof one === "object" && !Array.isArray(one)),
  );
  const has = entries.some(([key]) => key === change.field);
  const deeper = entries.map(([key, inner]): [string, unknown] => [
    key,
    Array.isArray(inner) && key !== change.field ? changeFields(inner, change) : inner,
  ]);
  if (change.action === "remove") return Object.fromEntries(deeper.filter(([key]) => key !== change.field));
  if (has) return Object.fromEntries(deeper.map(([key, inner]) => [key, key === change.field ? change.value : inner]));
  return inLists ? Object.fromEntries(deeper) : { ...Object.fromEntries(deeper), [change.field]: change.value };
}
