/** A double in plain notation without trailing zeros, at most `places` decimals. */
export function trimmed(value: number, places: number): string {
  const text = value.toFixed(places);
  return places === 0 ? text : text.replace(/\.?0+$/, "");
}
