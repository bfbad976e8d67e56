import type { JsonObject } from "../views/json.ts";

export interface SimRequest {
  readonly method: string;
  readonly path: string;
  readonly rawBody: Uint8Array;
  readonly remoteAddress: string | undefined;
}

export interface SimAnswer {
  readonly status: number;
  readonly body: JsonObject;
}
