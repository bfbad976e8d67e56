import { toDecimal } from "@hedgelock/finance";
import { describe, expect, it } from "vitest";

import { NO_SURFACES, owes, withUpdate } from "./surfaces.ts";
import type { LoanSurface, SurfaceUpdate } from "./surfaces.ts";

function loan(exchangeTimeMs: number, debt: string): SurfaceUpdate {
  const surface: LoanSurface = {
    source: { subject: "s", messageId: `${exchangeTimeMs}`, exchangeTimeMs, receiveTimeUs: 1 },
    debts: debt === "" ? [] : [{ coin: "USDT", amount: toDecimal(debt) }],
    collateral: [],
    venueLtv: undefined,
  };
  return { kind: "loan", loan: surface };
}

function debtAfter(...updates: readonly SurfaceUpdate[]): boolean {
  const { loan: known } = updates.reduce(withUpdate, NO_SURFACES);
  return known !== undefined && owes(known);
}

describe("merging by venue time", () => {
  it("ignores what is older than known, whatever the order of arrival", () => {
    const first = withUpdate(NO_SURFACES, loan(5, "100"));
    expect(withUpdate(first, loan(4, "200"))).toBe(first);
    expect(withUpdate(first, loan(5, "200"))).not.toBe(first);
  });

  it("keeps surfaces apart", () => {
    const positions: SurfaceUpdate = {
      kind: "position",
      positions: { source: { subject: "s", messageId: "m", exchangeTimeMs: 1, receiveTimeUs: 1 }, positions: [] },
    };
    expect(withUpdate(withUpdate(NO_SURFACES, loan(5, "100")), positions).positions).toBe(positions.positions);
  });
});

describe("a debt that vanishes", () => {
  it("counts until a later snapshot confirms that it is gone", () => {
    expect(debtAfter(loan(1, "100"), loan(2, ""))).toBe(true);
    expect(debtAfter(loan(1, "100"), loan(2, ""), loan(2, ""))).toBe(true);
    expect(debtAfter(loan(1, "100"), loan(2, ""), loan(3, ""))).toBe(false);
    expect(debtAfter(loan(1, "100"), loan(2, ""), loan(3, "100"), loan(4, ""))).toBe(true);
    expect(debtAfter(loan(1, "100"), loan(2, "0"), loan(3, "0"))).toBe(false);
  });

  it("is known at once when there never was one", () => {
    expect(debtAfter(loan(1, ""))).toBe(false);
  });
});
