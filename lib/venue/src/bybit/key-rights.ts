import type { Clock, Timers } from "@hedgelock/runtime";
import { z } from "zod";

import type { VenueCredentials } from "../port.ts";
import { orBadAnswer } from "./paging.ts";
import { BybitRest } from "./rest-client.ts";
import { accepted, parseWith } from "./schemas/parsed.ts";

const PATH = "/v5/user/query-api";

/** What an API key may do. */
export interface KeyRights {
  readonly readOnly: boolean;
  /** May place orders of contracts. */
  readonly tradesContracts: boolean;
  /** May move coins out of the account. */
  readonly withdraws: boolean;
}

const names = z.array(z.string()).catch([]);
const answer = z.object({
  readOnly: z.union([z.literal(0), z.literal(1)]),
  permissions: z.object({
    ContractTrade: names.optional(),
    Derivatives: names.optional(),
    Wallet: names.optional(),
  }),
});

/** Asks the venue what a key may do (Bybit v5 "Get API Key Information"). @throws VenueError VENUE_AUTH for a wrong key */
export async function bybitKeyRights(deps: {
  readonly restUrl: string;
  readonly credentials: VenueCredentials;
  readonly clock: Clock;
  readonly timers: Timers;
}): Promise<KeyRights> {
  const rest = new BybitRest(deps);
  try {
    const { result } = await rest.privateGet(PATH, {});
    const parsed = parseWith(answer, result, ({ readOnly, permissions }) =>
      accepted({
        readOnly: readOnly === 1,
        tradesContracts:
          (permissions.ContractTrade ?? []).includes("Order") ||
          (permissions.Derivatives ?? []).includes("DerivativesTrade"),
        withdraws: (permissions.Wallet ?? []).includes("Withdraw"),
      }),
    );
    return orBadAnswer(`GET ${PATH}`, parsed);
  } finally {
    rest.close();
  }
}
