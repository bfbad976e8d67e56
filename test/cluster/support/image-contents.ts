import { readFileSync } from "node:fs";

import { z } from "zod";

import { ROOT } from "../../charts/support/helm.ts";

const fileList = z.array(z.object({ path: z.string(), bytes: z.number(), link: z.boolean(), uid: z.int() }));
const lock = z.object({
  packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional(), optional: z.boolean().optional() })),
});

/** Names that have no business in an image: tests, what tests need, keys, settings of a person. */
const FOREIGN = [
  /\.test\.[cm]?[jt]s$/,
  /\.fixture\.ts$/,
  /\/(?:lib|services)\/.*\/testing\//,
  /\.(?:pem|key|p12|kubeconfig)$/,
  /\/(?:\.env[^/]*|\.npmrc|\.git|\.ssh|\.docker|kubeconfig)(?:\/|$)/,
  /^\/app\/(?:test|bench|charts|docs|k8s|scripts|proto|\.hedgelock)\//,
];

/** Packages that only development needs, by the lock file. */
function developmentPackages(): readonly string[] {
  const { packages } = lock.parse(JSON.parse(readFileSync(`${ROOT}package-lock.json`, "utf8")));
  return Object.entries(packages).flatMap(([path, { dev, optional }]) =>
    path.startsWith("node_modules/") && (dev === true || optional === true) ? [`/app/${path}/`] : [],
  );
}

/** What is in the image that should not be. @param listing what FILES_SCRIPT printed */
export function foreignFiles(listing: string): {
  readonly files: number;
  readonly bytes: number;
  readonly foreign: readonly string[];
} {
  const files = fileList.parse(JSON.parse(listing));
  const development = developmentPackages();
  const foreign = files.filter(
    ({ path, uid }) =>
      uid !== 0 ||
      FOREIGN.some((pattern) => pattern.test(path)) ||
      development.some((folder) => path.startsWith(folder)),
  );
  return {
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    foreign: foreign.map(({ path }) => path),
  };
}
