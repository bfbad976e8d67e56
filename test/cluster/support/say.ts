import process from "node:process";

/** One line for the person who watches: figures that are reported, not judged. */
export function report(text: string): void {
  process.stderr.write(`cluster: ${text}\n`);
}
