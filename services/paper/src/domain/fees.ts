/** Fee rates, fractions of the traded value, decimal strings. */
export interface FeeRates {
  readonly takerLinear: string;
  readonly makerLinear: string;
  readonly takerSpot: string;
  readonly makerSpot: string;
}
