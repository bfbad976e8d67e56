#!/usr/bin/env node
// Starts the program under Node 24, which runs its TypeScript directly: this Node if it is new enough, otherwise the one
// that `npm ci` installed. Plain JavaScript with built-in modules only, so that an older Node can run it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const NEEDED_MAJOR = 24;
const PACKAGES = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];

function suitableNode() {
  if (Number(process.versions.node.split(".", 1)[0]) >= NEEDED_MAJOR) return process.execPath;
  const require = createRequire(import.meta.url);
  for (const name of PACKAGES) {
    try {
      const node = join(dirname(require.resolve(`${name}/package.json`)), "bin", "node");
      if (existsSync(node)) return node;
    } catch {
      // Not installed: the next name is tried.
    }
  }
  return undefined;
}

const node = suitableNode();
if (node === undefined) {
  process.stderr.write(
    `hedgelock: needs Node ${NEEDED_MAJOR} or newer, this is ${process.version}: run \`npm start\` once, which installs it\n`,
  );
  process.exit(2);
}
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
// The channel tells the program when this process is gone, however it ended.
const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
// The terminal sends Ctrl-C to both; from elsewhere a signal reaches this process alone and is passed on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`hedgelock: cannot start ${node}: ${error.message}\n`);
  process.exit(3);
});
child.on("exit", (status, signal) => {
  if (signal === null) process.exit(status ?? 3);
  process.stderr.write(`hedgelock: ended by ${signal}\n`);
  process.exit(3);
});
