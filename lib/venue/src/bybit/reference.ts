import type { Category } from "@hedgelock/contracts";
import type { Clock, Timers } from "@hedgelock/runtime";

import type { InstrumentRules, VenueReference } from "../port.ts";
import { orBadAnswer } from "./paging.ts";
import { BybitRest } from "./rest-client.ts";
import { parseInstrument, parseInstrumentList } from "./schemas/instruments.ts";
import { VenueError } from "./venue-error.ts";

const PATH = "/v5/market/instruments-info";

/** Public reference data of Bybit v5. Rules are revised about twice a month: read them again daily. */
export function bybitReference(deps: {
  readonly restUrl: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly deadlineMs?: number;
}): VenueReference & { close(): void } {
  const rest = new BybitRest(deps);
  return {
    async instrumentRules(category: Category, symbol: string): Promise<InstrumentRules> {
      const { result } = await rest.publicGet(PATH, { category, symbol });
      const rows = orBadAnswer(`GET ${PATH}`, parseInstrumentList(result));
      const row = rows.find((candidate) => symbolOf(candidate) === symbol);
      if (row === undefined) {
        throw new VenueError(
          "VENUE_UNKNOWN_SYMBOL",
          `the venue has no ${category} instrument ${symbol}: check its name`,
        );
      }
      return orBadAnswer(`GET ${PATH}`, parseInstrument(row, category));
    },
    close: () => rest.close(),
  };
}

function symbolOf(row: unknown): unknown {
  return typeof row === "object" && row !== null && "symbol" in row ? row.symbol : undefined;
}
