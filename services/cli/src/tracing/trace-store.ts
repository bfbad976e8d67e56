import type { Clock } from "@hedgelock/runtime";

import { fileSource } from "./file-source.ts";
import { jaegerSource } from "./jaeger-source.ts";
import { startJaeger } from "./start-jaeger.ts";
import type { JaegerDeps } from "./start-jaeger.ts";
import type { TraceChoice } from "./trace-choice.ts";
import type { TraceSource } from "./trace-source.ts";

/** Where the traces of a run go, and where they can be read. */
export interface TraceStore {
  /** The `tracing` block of every service. */
  readonly config: Readonly<Record<string, string>>;
  /** For people, when it is ready. */
  readonly where: string;
  /** Undefined for a back end of somebody else's. */
  readonly source: TraceSource | undefined;
  /** What shows a trace of this run: the words after `hedgelock trace WHAT`. */
  readonly showWith: string;
}

export interface TraceStoreDeps extends JaegerDeps {
  readonly clock: Clock;
}

/** Prepares what was chosen; starts Jaeger when that is it. @throws HedgeLockError SERVICE_NOT_READY */
export async function openTraceStore(choice: TraceChoice, deps: TraceStoreDeps): Promise<TraceStore> {
  switch (choice.kind) {
    case "files": {
      const { directory } = choice;
      const source = fileSource(directory, deps.clock.nowMs());
      return {
        config: { exporter: "file", directory },
        where: `files in ${directory}`,
        source,
        showWith: ` --traces ${directory}`,
      };
    }
    case "otlp":
      return { config: { exporter: "otlp", otlpUrl: choice.url }, where: choice.url, source: undefined, showWith: "" };
    case "jaeger": {
      const { url, otlpUrl } = await startJaeger(deps);
      const source = jaegerSource(url, deps);
      return {
        config: { exporter: "otlp", otlpUrl },
        where: `Jaeger: UI and API ${url}, OTLP ${otlpUrl}`,
        source,
        showWith: ` --jaeger ${url}`,
      };
    }
    default:
      return choice satisfies never;
  }
}
