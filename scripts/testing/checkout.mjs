import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { ROOT } from "../lib/paths.mjs";

const RUN_BUDGET_MS = 60_000;

/** What the fake npm does, by FAKE_NPM; "ok" without it. It counts its runs in npm-runs. */
const FAKE_NPM = `
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
appendFileSync("npm-runs", process.argv.slice(2).join(" ") + "\\n");
const failures = {
  enospc: "npm error code ENOSPC\\nnpm error syscall write\\nnpm error nospc ENOSPC: no space left on device, write",
  network: "npm error code EAI_AGAIN\\nnpm error request to https://registry.npmjs.org/zod failed, reason: getaddrinfo EAI_AGAIN",
  certificate: "npm error code SELF_SIGNED_CERT_IN_CHAIN",
  permission: "npm error code EACCES\\nnpm error path /home/x/.npm",
  integrity: "npm error code EINTEGRITY\\nnpm error sha512-abc integrity checksum failed",
};
const mode = process.env.FAKE_NPM ?? "ok";
rmSync("node_modules", { recursive: true, force: true });
mkdirSync("node_modules");
if (failures[mode]) {
  console.error(failures[mode]);
  process.exit(1);
}
const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const installed = Object.fromEntries(Object.entries(lock.packages).filter(([path, entry]) => path !== "" && !entry.optional));
for (const path of Object.keys(installed)) {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), "{}");
  if (mode === "hang") {
    writeFileSync("npm-hangs", String(process.pid));
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
}
if (mode === "slow") await new Promise((resolve) => setTimeout(resolve, 700));
writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages: installed }));
`;

function script(path, source) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!${process.execPath}\n${source}`);
  chmodSync(path, 0o755);
}

/** A program that answers --version as nats-server of this version does. */
export function fakeNatsServer(version) {
  return `#!${process.execPath}\nconsole.log("nats-server: v${version}");\n`;
}

export const DEFAULT_LOCK = {
  packages: {
    "": { name: "fake" },
    "node_modules/left": { version: "1.0.0" },
    "node_modules/right": { version: "2.0.0" },
  },
};

/**
 * A checkout of its own: the real launcher, a lock file, and npm and nats-server that are only scripts. PATH holds
 * nothing else.
 */
export function fakeCheckout() {
  const base = mkdtempSync(join(tmpdir(), "hedgelock-launcher-"));
  const root = join(base, "repo");
  const bin = join(base, "bin");
  const running = new Set();
  cpSync(join(ROOT, "scripts"), join(root, "scripts"), { recursive: true });
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write("package.json", JSON.stringify({ name: "fake", type: "module" }));
  write("package-lock.json", JSON.stringify(DEFAULT_LOCK));
  write(
    "services/cli/src/main.ts",
    `console.log(JSON.stringify({ args: process.argv.slice(2), nats: process.env.NATS_SERVER }));\n`,
  );
  write("fake-npm.mjs", FAKE_NPM);
  script(join(bin, "npm"), `import(${JSON.stringify(join(root, "fake-npm.mjs"))});\n`);
  script(join(bin, "nats-server"), fakeNatsServer("2.15.1").split("\n").slice(1).join("\n"));
  return {
    base,
    root,
    bin,
    write,
    read: (path) => readFileSync(join(root, path), "utf8"),
    has: (path) => existsSync(join(root, path)),
    npmRuns: () =>
      existsSync(join(root, "npm-runs")) ? readFileSync(join(root, "npm-runs"), "utf8").trim().split("\n").length : 0,
    /** Starts the launcher. Resolves `ended` with its status, signal and output. */
    start(args, env = {}) {
      const child = spawn(process.execPath, ["scripts/launch.mjs", ...args], {
        cwd: root,
        env: { PATH: bin, HOME: join(base, "home"), ...env },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: RUN_BUDGET_MS,
      });
      running.add(child);
      const output = { stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (text) => (output.stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text) => (output.stderr += text));
      const ended = new Promise((resolve) => {
        child.once("close", (status, signal) => {
          running.delete(child);
          resolve({ status, signal, ...output });
        });
      });
      return { child, output, ended };
    },
    run(args, env) {
      return this.start(args, env).ended;
    },
    remove() {
      for (const child of running) child.kill("SIGKILL");
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Waits until `condition` gives something truthy, and gives it; fails after a generous while. */
export async function until(condition, what) {
  for (let waitedMs = 0; waitedMs < RUN_BUDGET_MS; waitedMs += 20) {
    const value = condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** Whether a process exists and is more than a zombie waiting to be collected. */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch (error) {
    return error.code === "ENOENT" && process.platform !== "linux";
  }
}
