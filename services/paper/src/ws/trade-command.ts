import { z } from "zod";

const frame = z.looseObject({
  reqId: z.string().max(200).optional(),
  /** Pings and authentication of some clients use the names of the private connection. */
  req_id: z.union([z.string().max(200), z.number()]).optional(),
  op: z.string().max(64),
  args: z.array(z.unknown()).optional(),
  header: z.record(z.string(), z.unknown()).optional(),
});

/** A client's frame on the trade connection. */
export interface TradeCommand {
  readonly reqId: string | undefined;
  readonly op: string;
  readonly args: readonly unknown[];
  /** Names in lower case. */
  readonly header: ReadonlyMap<string, string>;
}

/** A client's frame; undefined when it is not a command. Timestamps arrive as text or as numbers. */
export function parseTradeCommand(text: string): TradeCommand | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not JSON: the caller answers 10001, which is all there is to say.
    return undefined;
  }
  const parsed = frame.safeParse(json);
  if (!parsed.success) return undefined;
  const { reqId, op, args, header } = parsed.data;
  return {
    reqId,
    op,
    args: args ?? [],
    header: new Map(
      Object.entries(header ?? {}).flatMap(([name, value]): readonly (readonly [string, string])[] =>
        typeof value === "string" || typeof value === "number" ? [[name.toLowerCase(), String(value)]] : [],
      ),
    ),
  };
}
