/** The end of a switch over every case. @throws RangeError when a case was forgotten after all */
export function unreachable(value: never): never {
  throw new RangeError(`not foreseen: ${JSON.stringify(value)}`);
}
