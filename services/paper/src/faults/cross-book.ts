function swapTops(bids: unknown, asks: unknown): readonly [unknown, unknown] {
  if (!Array.isArray(bids) || !Array.isArray(asks)) return [bids, asks];
  const bidLevels: readonly unknown[] = bids;
  const askLevels: readonly unknown[] = asks;
  const [bid, ...lowerBids] = bidLevels;
  const [ask, ...upperAsks] = askLevels;
  if (bid === undefined || ask === undefined) return [bids, asks];
  return [
    [ask, ...lowerBids],
    [bid, ...upperAsks],
  ];
}

/** An orderbook frame whose first bid and ask have changed places: the bid is above the ask. */
export function crossBook(frame: unknown): unknown {
  if (typeof frame !== "object" || frame === null) return frame;
  const data: unknown = "data" in frame ? frame.data : undefined;
  if (typeof data !== "object" || data === null || !("b" in data) || !("a" in data)) return frame;
  const [b, a] = swapTops(data.b, data.a);
  return { ...frame, data: { ...data, b, a } };
}
