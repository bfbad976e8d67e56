import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ensureHelm } from "../../../scripts/lib/helm/ensure.mjs";
import { ROOT, cacheFolder } from "../../../scripts/lib/paths.mjs";

/**
 * Runs once before the tests of the charts: finds helm, or fetches it, and tells them where it is; and makes a folder for
 * what has been rendered, as several test files look at the same renderings. Returns what cleans up.
 */
export async function setup({ provide }) {
  const machine = { platform: process.platform, arch: process.arch };
  provide("helm", await ensureHelm({ env: process.env, machine, cache: cacheFolder(process.env, ROOT) }));
  const folder = mkdtempSync(join(tmpdir(), "hedgelock-renders-"));
  provide("renders", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
