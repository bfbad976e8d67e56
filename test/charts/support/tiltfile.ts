import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { z } from "zod";

import { ROOT } from "./helm.ts";

const BUDGET_MS = 30_000;
const SUBSET = fileURLToPath(new URL("starlark-subset.py", import.meta.url));

const call = z.object({ builtin: z.string(), arguments: z.record(z.string(), z.unknown()) });
/** How the Tiltfile called a builtin of Tilt. */
export type TiltCall = z.infer<typeof call>;

interface Interpreter {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

/** Starlark first, which is what Tilt runs; Python with a check for what Starlark lacks where there is none. */
const INTERPRETERS: readonly Interpreter[] = [
  { name: "starlark", file: process.env["STARLARK"] ?? "starlark", args: ["-globalreassign"] },
  { name: "python3", file: "python3", args: [SUBSET] },
];

function run({ file, args }: Interpreter, program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "hedgelock-tiltfile-"));
  try {
    const path = join(folder, "Tiltfile");
    writeFileSync(path, program);
    const { status, stdout, stderr, error } = spawnSync(file, [...args, path], {
      encoding: "utf8",
      timeout: BUDGET_MS,
    });
    if (error !== undefined) throw error;
    // Starlark prints to standard error, Python to standard output.
    const output = `${stdout}${stderr}`;
    if (status !== 0) throw new Error(output);
    return output;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The interpreters of this machine that can run a Tiltfile. */
export const interpreters: readonly Interpreter[] = INTERPRETERS.filter((interpreter) => {
  try {
    return run(interpreter, "print(json.encode([1]))").includes("[1]");
  } catch {
    // Not installed, or not able to run: the next one may be.
    return false;
  }
});

/**
 * Dotted names become plain ones, as a plain Starlark has no structs: `os.getenv` is `os_getenv`, and the object that
 * Tilt hands over for a workload is a map.
 */
function withoutStructs(tiltfile: string): string {
  return tiltfile.replaceAll(/\b(os|shlex)\.(\w+)\(/g, "$1_$2(").replaceAll("id.name", "id['name']");
}

/** Evaluates the Tiltfile over builtins that write down how they are called. @throws Error with the interpreter's words */
export function evaluateTiltfile(
  interpreter: Interpreter,
  options: {
    readonly environment: Readonly<Record<string, string>>;
    readonly workloads: readonly string[];
    readonly append?: string;
  },
): readonly TiltCall[] {
  const builtins = readFileSync(new URL("tilt-builtins.star", import.meta.url), "utf8");
  const tiltfile = withoutStructs(readFileSync(`${ROOT}Tiltfile`, "utf8"));
  const output = run(
    interpreter,
    [
      `ENVIRONMENT = ${JSON.stringify(options.environment)}`,
      `WORKLOADS = ${JSON.stringify(options.workloads)}`,
      builtins,
      tiltfile,
      options.append ?? "",
      "print(json.encode(CALLS))",
      "",
    ].join("\n"),
  );
  return z.array(call).parse(JSON.parse(output));
}
