/**
 * Finds nats-server in a process of its own: Node's fetch heeds HTTP_PROXY and HTTPS_PROXY only when told so at its
 * start, only from version 24 on, and the services must not be told, as they talk to this machine.
 *
 * As a program: `node behind-proxy.mjs CACHE` prints {"path"} or {"code", "message", "detail"}.
 */
import { fileURLToPath } from "node:url";

import { removeAll } from "../cleanup.mjs";
import { LaunchError } from "../errors.mjs";
import { runTool, stopOnSignals } from "../interrupts.mjs";
import { ensureNatsServer } from "./ensure.mjs";

const SELF = fileURLToPath(import.meta.url);
const BUDGET_MS = 15 * 60_000;

/** Whether downloads from here have to go through a proxy that Node was not told about. */
export function isBehindProxy(env) {
  const proxied = env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy;
  return Boolean(proxied) && !env.NODE_USE_ENV_PROXY;
}

/** As `ensureNatsServer`, with downloads through the proxy. */
export async function ensureBehindProxy({ env, cache, node }) {
  const { output } = await runTool(node, [SELF, cache], {
    env: { ...env, NODE_USE_ENV_PROXY: "1" },
    timeoutMs: BUDGET_MS,
    showErrors: true,
  });
  const { path, code, message, detail } = JSON.parse(output.trim().split("\n").at(-1));
  if (path === undefined) throw new LaunchError(code, message, { detail });
  return path;
}

async function program(cache) {
  stopOnSignals();
  try {
    const machine = { platform: process.platform, arch: process.arch };
    return { path: await ensureNatsServer({ env: process.env, machine, cache }) };
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    return { code: error.code, message: error.message, detail: error.detail };
  } finally {
    removeAll();
  }
}

if (process.argv[1] === SELF) process.stdout.write(`${JSON.stringify(await program(process.argv[2]))}\n`);
