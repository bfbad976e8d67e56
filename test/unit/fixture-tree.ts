import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const TOOL_BUDGET_MS = 120_000;
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;

/** What a tool printed and how it ended. */
export interface ToolResult {
  readonly status: number;
  readonly stdout: string;
}

/** A small repository of its own in a temporary folder, checked with our configuration files. */
export interface FixtureTree {
  /** Runs a tool of node_modules/.bin in it. */
  run(tool: string, ...args: readonly string[]): Promise<ToolResult>;
  remove(): Promise<void>;
}

function runTool(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { ...options, timeout: TOOL_BUDGET_MS, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout) => {
      if (error === null) resolve({ status: 0, stdout });
      else if (typeof error.code === "number") resolve({ status: error.code, stdout });
      else reject(new Error(`${file} could not be run`, { cause: error }));
    });
  });
}

/** All packages of ours, with our own rooms pointing into the fixture. */
async function linkPackages(base: string, rooms: readonly string[]): Promise<void> {
  const modules = join(base, "node_modules");
  await mkdir(join(modules, "@hedgelock"), { recursive: true });
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    if (name !== "@hedgelock") await symlink(join(ROOT, "node_modules", name), join(modules, name));
  }
  for (const room of rooms) {
    await symlink(join(base, room), join(modules, "@hedgelock", room.split("/").at(-1) ?? room));
  }
}

/**
 * @param files content by path
 * @param copies files of the repository to copy, configuration above all
 */
export async function fixtureTree(
  files: Readonly<Record<string, string>>,
  copies: readonly string[],
): Promise<FixtureTree> {
  const base = await mkdtemp(join(tmpdir(), "hedgelock-fixture-"));
  for (const path of copies) {
    await mkdir(dirname(join(base, path)), { recursive: true });
    await copyFile(join(ROOT, path), join(base, path));
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(base, path)), { recursive: true });
    await writeFile(join(base, path), text);
  }
  const rooms = Object.keys(files).flatMap((path) => (path.endsWith("/package.json") ? [dirname(path)] : []));
  await linkPackages(base, rooms);
  const bin = join(ROOT, "node_modules", ".bin");
  const env = { ...process.env, PATH: [dirname(process.execPath), bin, process.env["PATH"] ?? ""].join(delimiter) };
  return {
    run: async (tool, ...args) => runTool(join(bin, tool), args, { cwd: base, env }),
    remove: () => rm(base, { recursive: true, force: true }),
  };
}
