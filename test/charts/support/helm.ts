import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { inject } from "vitest";
import { z } from "zod";

declare module "vitest" {
  export interface ProvidedContext {
    /** Path of the helm program; found by helm-setup.mjs. */
    readonly helm: string;
    /** Folder that keeps what was rendered during this run. */
    readonly renders: string;
  }
}

/** Root of the repository, with a slash at the end. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const BUDGET_MS = 60_000;
/** Whatever release of helm this is: each takes another one for the cluster's when it is not told. */
export const KUBE_VERSION = "1.34.0";
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;

const helmResult = z.object({ ok: z.boolean(), stdout: z.string(), stderr: z.string() });
/** What helm said. */
export type HelmResult = Readonly<z.infer<typeof helmResult>>;

/** What is rendered. */
export interface Render {
  /** Folder below charts/. */
  readonly chart: string;
  /** Values files, from the root of the repository. */
  readonly files?: readonly string[];
  /** Values over the files. */
  readonly values?: unknown;
  /** API versions that the cluster is said to have. */
  readonly apiVersions?: readonly string[];
  readonly release?: string;
  readonly notes?: boolean;
}

/** Runs helm away from the user's own settings and cluster. */
export async function helm(args: readonly string[]): Promise<HelmResult> {
  const home = mkdtempSync(join(tmpdir(), "hedgelock-helm-"));
  const { KUBECONFIG: _, ...environment } = process.env;
  const env = { ...environment, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  try {
    return await new Promise((resolve) => {
      execFile(
        inject("helm"),
        [...args],
        { cwd: ROOT, env, timeout: BUDGET_MS, maxBuffer: MAX_OUTPUT_BYTES },
        (error, stdout, stderr) => resolve({ ok: error === null, stdout, stderr }),
      );
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * `helm template`, or with `notes` the dry run of an installation, which shows the notes too. The same is rendered once
 * in a run, whichever test file asks.
 */
export async function render(what: Render): Promise<HelmResult> {
  const key = createHash("sha256").update(JSON.stringify(what)).digest("hex");
  const kept = join(inject("renders"), key);
  if (existsSync(kept)) return helmResult.parse(JSON.parse(readFileSync(kept, "utf8")));
  const result = await renderNow(what);
  const fresh = `${kept}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(result));
  renameSync(fresh, kept);
  return result;
}

async function renderNow(what: Render): Promise<HelmResult> {
  const folder = mkdtempSync(join(tmpdir(), "hedgelock-values-"));
  try {
    const values = join(folder, "values.yaml");
    // JSON is YAML in which every text is in quotes: helm reads YAML 1.1, where 0_ is a number and no is false.
    writeFileSync(values, JSON.stringify(what.values ?? {}));
    const command = what.notes === true ? ["install", "--dry-run=client"] : ["template"];
    return await helm([
      ...command,
      what.release ?? "hedgelock",
      `charts/${what.chart}`,
      "--namespace",
      "desk",
      ...(what.notes === true ? [] : ["--kube-version", KUBE_VERSION]),
      ...(what.files ?? []).flatMap((file) => ["--values", file]),
      "--values",
      values,
      ...(what.notes === true ? [] : (what.apiVersions ?? []).flatMap((version) => ["--api-versions", version])),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
