import { download } from "../download.mjs";
import { readTarGzEntry } from "../tar.mjs";
import { sha256 } from "./cache.mjs";
import { MAX_ARCHIVE_BYTES, MAX_BINARY_BYTES, NATS_VERSION } from "./release.mjs";

const RELEASES = "https://github.com/nats-io/nats-server/releases/download";
/** Where GitHub cannot be reached, that is known soon and the next source is tried. */
const ANSWER_MS = 5_000;

/**
 * The program out of the release archive on GitHub.
 * @param {{target: string, sha256: string}} pin
 * @returns {Promise<Buffer>}
 */
export async function fromGithub(pin, { releases = RELEASES, answerMs = ANSWER_MS } = {}) {
  const name = `nats-server-v${NATS_VERSION}-${pin.target}`;
  const { bytes } = await download(`${releases}/v${NATS_VERSION}/${name}.tar.gz`, {
    answerMs,
    maxBytes: MAX_ARCHIVE_BYTES,
  });
  const actual = sha256(bytes);
  if (actual !== pin.sha256) throw new Error(`refused ${name}.tar.gz: its sha256 is ${actual}, expected ${pin.sha256}`);
  return readTarGzEntry(bytes, `${name}/nats-server`, { maxBytes: 2 * MAX_BINARY_BYTES });
}
