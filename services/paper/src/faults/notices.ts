import type { Random } from "@hedgelock/runtime";

import type { FaultList } from "./fault-list.ts";
import type { FaultOf } from "./fault-spec.ts";
import type { Notice } from "./notice.ts";

/** A release takes ten minutes when nobody says otherwise. */
const USUAL_MS = 600_000;

function noticeOf(spec: FaultOf<"maintenance">, id: string, nowMs: number): Notice {
  const beginMs = spec.beginMs ?? nowMs;
  return {
    id,
    title: spec.title,
    state: spec.state,
    begin: String(beginMs),
    end: String(spec.endMs ?? beginMs + USUAL_MS),
    href: "",
    serviceTypes: [1, 2, 3, 4, 5],
    product: [1, 2],
    uidSuffix: [],
    maintainType: 1,
    env: 1,
  };
}

/** Notices that the maintenance faults stand for; a fault that is removed leaves its notice as completed. */
export class Notices {
  readonly #byFault = new Map<string, Notice>();

  constructor(deps: {
    readonly faults: FaultList;
    readonly random: Random;
    readonly nowMs: () => number;
    readonly onNotice: (notice: Notice, nowMs: number) => void;
  }) {
    const tell = (fault: string, notice: Notice): void => {
      this.#byFault.set(fault, notice);
      deps.onNotice(notice, deps.nowMs());
    };
    deps.faults.listen({
      added: ({ id, spec }) => {
        if (spec.kind !== "maintenance") return;
        const hex = deps.random.hex(16);
        const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-11f0-8000-${hex.slice(20)}`;
        tell(id, noticeOf(spec, uuid, deps.nowMs()));
      },
      removed: ({ id }) => {
        const notice = this.#byFault.get(id);
        if (notice !== undefined) tell(id, { ...notice, state: "completed" });
      },
    });
  }

  /** Newest first. */
  all(): readonly Notice[] {
    return [...this.#byFault.values()].toReversed();
  }
}
