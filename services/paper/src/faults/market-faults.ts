import type { FaultList } from "./fault-list.ts";

/** How thick a synthetic book is: levels on each side, and mean lots of each. */
export interface Thickness {
  readonly levels: number;
  readonly lotsPerLevel: number;
}

/** Carries the faults that change the market itself into the exchange, and takes them back. */
export function connectMarketFaults(
  faults: FaultList,
  deps: {
    /** Undefined gives the book its own shape back. */
    readonly setThickness: (symbol: string, thickness: Thickness | undefined) => void;
  },
): void {
  faults.listen({
    added: (fault) => {
      const { spec } = fault;
      if (spec.kind !== "thin_book") return;
      fault.applied += 1;
      deps.setThickness(spec.symbol, { levels: spec.levels, lotsPerLevel: spec.lotsPerLevel });
    },
    removed: ({ spec }) => {
      if (spec.kind !== "thin_book") return;
      const [other] = faults.of("thin_book").filter((one) => one.spec.symbol === spec.symbol);
      deps.setThickness(spec.symbol, other?.spec);
    },
  });
}
