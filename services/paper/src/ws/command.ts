import { z } from "zod";

const command = z.looseObject({
  op: z.string().max(64),
  /** Echoed with its type: clients send text or a number. */
  req_id: z.union([z.string().max(4096), z.number()]).optional(),
  args: z.array(z.union([z.string(), z.number()])).optional(),
});

export interface Command {
  readonly op: string;
  readonly reqId: string | number | undefined;
  readonly args: readonly (string | number)[];
}

/** A client's frame; undefined when it is not a command. */
export function parseCommand(text: string): Command | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not JSON: the caller answers "Params Error", which is all there is to say.
    return undefined;
  }
  const parsed = command.safeParse(json);
  if (!parsed.success) return undefined;
  return { op: parsed.data.op, reqId: parsed.data.req_id, args: parsed.data.args ?? [] };
}

/** `{req_id}` where the request had one. */
export function echo(reqId: string | number | undefined): { readonly req_id?: string | number } {
  return reqId === undefined ? {} : { req_id: reqId };
}
