import { Decimal } from "../domain/money.ts";
import type { ExchangeState } from "../domain/state.ts";

/** Stand-ins for what is no plain JSON. */
const ACCOUNT = "$account";
const DECIMAL = "$decimal";
const UNDEFINED = "$undefined";

function encoded(value: unknown, state: ExchangeState): unknown {
  if (value === undefined) return { [UNDEFINED]: true };
  if (typeof value !== "object" || value === null) return value;
  if (Decimal.isBigNumber(value)) return { [DECIMAL]: value.toFixed() };
  if (Array.isArray(value)) return value.map((one: unknown) => encoded(one, state));
  if ("uid" in value && typeof value.uid === "string") {
    const account: unknown = state.accounts.get(value.uid);
    if (account === value) return { [ACCOUNT]: value.uid };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError("a command of the exchange takes accounts, decimals and plain values only");
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [key, encoded(inner, state)]),
  );
}

function decoded(value: unknown, state: ExchangeState): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => decoded(one, state));
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]): [string, unknown] => [key, inner]);
  const [first] = entries;
  if (first !== undefined && entries.length === 1) {
    const [key, inner] = first;
    if (key === UNDEFINED) return undefined;
    if (key === DECIMAL) return new Decimal(String(inner));
    if (key === ACCOUNT) {
      const account = state.accounts.get(String(inner));
      if (account === undefined) throw new RangeError(`there is no account ${String(inner)}`);
      return account;
    }
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, decoded(inner, state)]));
}

/** Arguments of a command as JSON: accounts by uid, decimals as text. @throws TypeError for anything with behaviour */
export function encodeArguments(args: readonly unknown[], state: ExchangeState): string {
  return JSON.stringify(args.map((one) => encoded(one, state)));
}

/** The arguments again, of an exchange with the same accounts. */
export function decodeArguments(text: string, state: ExchangeState): readonly unknown[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new TypeError("arguments are a list");
  return value.map((one: unknown) => decoded(one, state));
}
