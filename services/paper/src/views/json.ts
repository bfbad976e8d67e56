/** An object on its way to JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An object whose values are all text. */
export type TextFields = Readonly<Record<string, string>>;
