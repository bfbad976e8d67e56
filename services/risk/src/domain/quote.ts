import type { TickKind } from "@hedgelock/contracts";

import type { Source } from "./source.ts";

/** One tick, read once: doubles for ratios, the venue's own texts for what is passed on. */
export interface Quote {
  readonly source: Source;
  readonly kind: TickKind;
  readonly last: number | undefined;
  readonly mark: number | undefined;
  readonly index: number | undefined;
  readonly markText: string;
  readonly bidText: string;
  readonly askText: string;
}
