import { readFile } from "node:fs/promises";

import { z } from "zod";

import { HedgeLockError, errorText } from "./errors.ts";

/**
 * Prefix of environment variables that override single values: `HEDGELOCK_CONFIG__LOG__LEVEL`. Longer than the name of
 * the product alone, so that no other variable of ours is ever taken for a configuration key.
 */
export const ENV_PREFIX = "HEDGELOCK_CONFIG__";

/** Keys that every service has; the runtime uses them itself. */
export const commonConfig = z.strictObject({
  http: z
    .strictObject({ host: z.string().min(1).default("127.0.0.1"), port: z.int().min(0).max(65535).default(0) })
    .prefault({}),
  log: z.strictObject({ level: z.enum(["debug", "info", "warn", "error"]).default("info") }).prefault({}),
  shutdownBudgetMs: z.int().min(100).max(600_000).default(10_000),
  instance: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, "use 1 to 40 of the characters A-Z a-z 0-9 _ -")
    .optional(),
});
export type CommonConfig = z.infer<typeof commonConfig>;

type JsonObject = Record<string, unknown>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Values in the environment are JSON where they parse as JSON, otherwise text. */
function parseEnvValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/** camelCase keys of the file are written in upper snake case in the environment: `maxTickAgeMs` is `MAX_TICK_AGE_MS`. */
function camelCase(part: string): string {
  return part.toLowerCase().replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** Lays `HEDGELOCK_CONFIG__A__B_C=…` over `{a: {bC: …}}`. Returns a new object. */
export function applyEnvironment(
  file: JsonObject,
  environment: Readonly<Record<string, string | undefined>>,
): JsonObject {
  const merged = structuredClone(file);
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || !name.startsWith(ENV_PREFIX)) continue;
    const path = name.slice(ENV_PREFIX.length).split("__").map(camelCase);
    let target = merged;
    for (const key of path.slice(0, -1)) {
      const next = target[key];
      const inner = isObject(next) ? next : {};
      target[key] = inner;
      target = inner;
    }
    target[path.at(-1) ?? ""] = parseEnvValue(text);
  }
  return merged;
}

/** All problems of a failed validation on one line each: `where: what`. */
export function listProblems(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const where = issue.path.length === 0 ? "(top level)" : issue.path.map(String).join(".");
    return `${where}: ${issue.message}`;
  });
}

async function readConfigFile(path: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new HedgeLockError(
      "CONFIG_UNREADABLE",
      `cannot read the configuration file ${path}: ${errorText(error)}. Name an existing file with --config FILE.`,
      { cause: error, exitStatus: 2 },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HedgeLockError("CONFIG_NOT_JSON", `${path} is not JSON: ${errorText(error)}`, {
      cause: error,
      exitStatus: 2,
    });
  }
  if (!isObject(value)) {
    throw new HedgeLockError("CONFIG_NOT_JSON", `${path} must hold a JSON object`, { exitStatus: 2 });
  }
  return value;
}

/**
 * Reads, merges and validates the configuration of a service: file, then environment over it.
 * @throws HedgeLockError CONFIG_INVALID listing every problem at once; unknown keys are problems
 */
export async function loadConfig<Config>(options: {
  readonly service: string;
  readonly schema: z.ZodType<Config>;
  readonly file: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Promise<{ readonly common: CommonConfig; readonly own: Config }> {
  const file = options.file === undefined ? {} : await readConfigFile(options.file);
  const merged = applyEnvironment(file, options.environment);
  const commonPart: JsonObject = {};
  const ownPart: JsonObject = {};
  for (const [key, value] of Object.entries(merged)) {
    (Object.hasOwn(commonConfig.shape, key) ? commonPart : ownPart)[key] = value;
  }
  const common = commonConfig.safeParse(commonPart);
  const own = options.schema.safeParse(ownPart);
  if (common.success && own.success) return { common: common.data, own: own.data };
  const problems = [common, own].flatMap((result) => (result.success ? [] : listProblems(result.error)));
  const source = options.file === undefined ? "the environment" : options.file;
  throw new HedgeLockError(
    "CONFIG_INVALID",
    `the configuration of ${options.service} in ${source} has ${problems.length} problem${problems.length === 1 ? "" : "s"}:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    { exitStatus: 2 },
  );
}
