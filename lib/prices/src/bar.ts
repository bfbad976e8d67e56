/** One minute of prices. Doubles: they drive a simulation and are rounded to the tick size before anything is paid with them. */
export interface Bar {
  /** Start of the minute, milliseconds since the epoch, UTC. */
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units as the source counted them; 0 where it recorded none. */
  readonly volume: number;
}

/** Length of a bar, milliseconds. */
export const BAR_MS = 60_000;
