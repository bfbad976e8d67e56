import type { VenueCapabilities } from "@hedgelock/venue";

import { DEFAULT_EVIDENCE, type EvidenceRules } from "../domain/evidence.ts";

/** The rules of evidence on a venue with these guarantees. Without the venue's own time on its answers nothing can be dated, so nothing is provable. */
export function evidenceRulesOf(capabilities: VenueCapabilities): EvidenceRules {
  return {
    ...DEFAULT_EVIDENCE,
    fence: capabilities.clock === "every_response" ? capabilities.requestFence : "none",
    evidenceHorizonMs: capabilities.evidenceHorizonMs,
  };
}
