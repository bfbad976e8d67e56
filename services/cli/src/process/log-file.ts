import { open } from "node:fs/promises";

const CHUNK_BYTES = 65_536;
const TAIL_BYTES = 65_536;

/** Reads the whole lines that were added to a file since the last call. */
export function logReader(path: string): () => Promise<readonly string[]> {
  let offset = 0;
  let rest = "";
  return async () => {
    const file = await open(path, "r");
    try {
      const buffer = Buffer.alloc(CHUNK_BYTES);
      const lines: string[] = [];
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, offset);
        if (bytesRead === 0) return lines;
        offset += bytesRead;
        const parts = (rest + buffer.toString("utf8", 0, bytesRead)).split("\n");
        rest = parts.pop() ?? "";
        lines.push(...parts);
      }
    } finally {
      await file.close();
    }
  };
}

/** Fields of a JSON log line; undefined for a line that is not JSON. */
export function parseLogLine(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function textOf(fields: Readonly<Record<string, unknown>>): string {
  const text = fields["msg"] ?? fields["event"];
  return typeof text === "string" ? text : JSON.stringify(fields);
}

/**
 * The line of a log that best says why its program ended: the last JSON line of level error or fatal, the last line
 * that nats-server marks as one, otherwise the last line; undefined when the log is empty.
 */
export function explainingLine(lines: readonly string[]): string | undefined {
  for (const line of lines.toReversed()) {
    const fields = parseLogLine(line);
    if (fields?.["level"] === "error" || fields?.["level"] === "fatal") return textOf(fields);
    const server = /\[(?:FTL|ERR)\] (.*)$/.exec(line) ?? /^(nats-server: .*)$/.exec(line);
    if (server?.[1] !== undefined) return server[1];
    const thrown = /^(?:[A-Za-z]*Error|Error)(?: \[[A-Z_]+\])?: (.+)$/.exec(line);
    if (thrown !== null) return line;
  }
  const last = lines.findLast((line) => line.trim() !== "");
  const fields = last === undefined ? undefined : parseLogLine(last);
  return fields === undefined ? last : textOf(fields);
}

/** The newest lines of a log file, at most 64 KiB. */
export async function logTail(path: string): Promise<readonly string[]> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    await file.read(buffer, 0, buffer.length, start);
    return buffer.toString("utf8").split("\n");
  } finally {
    await file.close();
  }
}
