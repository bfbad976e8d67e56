import { fileURLToPath } from "node:url";

import { CRASHES, readBars } from "@hedgelock/prices";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

function baseOf(symbol: string): string {
  return symbol.replace(/USDT$/, "");
}

/**
 * The recorded crashes as the paper chart reads them: price files by their place in the image, the window, and each
 * asset's price at its start, from which the demo loans are computed.
 */
export async function crashesFile(): Promise<string> {
  const entries = CRASHES.map(async ({ name, series, fromMs, toMs }) => {
    const firstPrices = await Promise.all(
      series.map(async ({ symbol, file }) => {
        const bars = await readBars(`${ROOT}${file}`);
        const first = bars.find((bar) => bar.openTimeMs >= fromMs);
        if (first === undefined) throw new Error(`${file} ends before the crash ${name} starts`);
        return [baseOf(symbol), first.open] as const;
      }),
    );
    const prices = series.map(({ symbol, file }) => ({ symbol, file }));
    return [name, { prices, fromMs, toMs, firstPrices: Object.fromEntries(firstPrices) }] as const;
  });
  return `${JSON.stringify(Object.fromEntries(await Promise.all(entries)), undefined, 2)}\n`;
}
