import { errorText, meaningOf } from "./errors.mjs";

/** A failed download; `network` says that nobody answered, as opposed to a wrong answer. */
export class DownloadError extends Error {
  name = "DownloadError";

  constructor(message, { network = false, cause } = {}) {
    super(message, { cause });
    this.network = network;
  }
}

/** Credentials in an address are sent as a header and never shown. */
export function splitCredentials(address) {
  const url = new URL(address);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  if (username === "" && password === "") return { url, headers: {} };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url, headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } };
}

function describe(error, url) {
  const text = errorText(error);
  if (meaningOf(text) === "CERTIFICATE") {
    return `the certificate of ${url.host} is not trusted; with a private certificate authority, set NODE_EXTRA_CA_CERTS to its file (${text})`;
  }
  return `${url.host}: ${text}`;
}

/**
 * Fetches an address into memory, bounded in time and size: fails when the answer does not begin within `answerMs`,
 * when nothing arrives for `stallMs`, or when it is larger than `maxBytes`.
 * @param {string} address
 * @param {{answerMs: number, stallMs?: number, maxBytes: number, accept?: string}} limits
 * @returns {Promise<{bytes: Buffer, contentType: string, url: string}>}
 */
export async function download(address, { answerMs, stallMs = 15_000, maxBytes, accept = "*/*" }) {
  const { url, headers } = splitCredentials(address);
  const controller = new AbortController();
  let timer;
  const allow = (ms, what) => {
    clearTimeout(timer);
    timer = setTimeout(
      () => controller.abort(new DownloadError(`${url.host}: ${what} within ${ms / 1000} s`, { network: true })),
      ms,
    );
  };
  try {
    allow(answerMs, "no answer");
    const response = await fetch(url, {
      headers: { ...headers, accept },
      signal: controller.signal,
      redirect: "follow",
    });
    if (!response.ok) throw new DownloadError(`${url.host} answered ${response.status} for ${url.pathname}`);
    const chunks = [];
    let size = 0;
    for await (const chunk of response.body) {
      allow(stallMs, "nothing arrived");
      size += chunk.length;
      if (size > maxBytes) throw new DownloadError(`${url.host} sent more than ${maxBytes} bytes for ${url.pathname}`);
      chunks.push(chunk);
    }
    return { bytes: Buffer.concat(chunks), contentType: response.headers.get("content-type") ?? "", url: response.url };
  } catch (error) {
    controller.abort();
    if (error instanceof DownloadError) throw error;
    throw new DownloadError(describe(error, url), { network: true, cause: error });
  } finally {
    clearTimeout(timer);
  }
}
