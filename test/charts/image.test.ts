import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { ROOT } from "./support/helm.ts";

const dockerfile = readFileSync(`${ROOT}Dockerfile`, "utf8").replaceAll(/\\\n\s*/g, " ");
const lines = dockerfile.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));

/** Instructions of one stage. */
function stage(name: string): readonly string[] {
  const start = lines.findIndex((line) => line.endsWith(` AS ${name}`));
  expect(start, `there is no stage ${name}`).toBeGreaterThanOrEqual(0);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("FROM "));
  return end < 0 ? rest : rest.slice(0, end);
}

// What ends up in a built image is looked at in test/cluster.
describe("the Dockerfile", () => {
  test("takes its bases as arguments", () => {
    const bases = lines.filter((line) => line.startsWith("FROM ")).map((line) => line.split(" ")[1] ?? "");
    const stages = lines.filter((line) => line.startsWith("FROM ")).map((line) => line.split(" AS ")[1] ?? "");
    expect(bases.filter((base) => !base.startsWith("${") && !stages.includes(base))).toEqual([]);
    expect(lines).toContain("ARG RUNTIME_BASE=${NODE_BASE}");
  });

  test.each(["dev", "runtime"])("%s runs as 65532, without a shell, and hears SIGTERM", (name) => {
    const instructions = stage(name);
    expect(instructions.filter((line) => line.startsWith("USER "))).toEqual(["USER 65532:65532"]);
    expect(instructions).toContain('ENTRYPOINT ["node"]');
    expect(instructions).toContain("STOPSIGNAL SIGTERM");
    expect(instructions.find((line) => line.startsWith("CMD "))).toMatch(/^CMD \[/);
    expect(instructions.join("\n")).toContain("NODE_OPTIONS=--enable-source-maps");
  });

  test("installs from the lock file, production packages alone, without scripts of others", () => {
    const install = stage("packages").find((line) => line.includes("npm ci")) ?? "";
    for (const option of ["--omit=dev", "--omit=optional", "--ignore-scripts"]) expect(install).toContain(option);
  });

  test("fetches nothing, and is told no secret", () => {
    expect(lines.filter((line) => /^ADD |curl |wget /.test(line))).toEqual([]);
    expect(lines.filter((line) => /^(?:ARG|ENV) .*(?:TOKEN|SECRET|PASSWORD|KEY)/i.test(line))).toEqual([]);
  });

  test("says what it is", () => {
    const label = stage("runtime").find((line) => line.startsWith("LABEL ")) ?? "";
    for (const key of ["title", "description", "licenses", "version", "revision"])
      expect(label).toContain(`org.opencontainers.image.${key}=`);
  });
});

describe(".dockerignore", () => {
  const rules = readFileSync(`${ROOT}.dockerignore`, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

  test("lets in only what is named", () => {
    expect(rules[0]).toBe("*");
    expect(rules.filter((rule) => rule.startsWith("!")).toSorted()).toEqual(
      [
        "!.npmrc",
        "!LICENSE",
        "!bench/package.json",
        "!data/prices",
        "!lib",
        "!package-lock.json",
        "!package.json",
        "!services",
        "!test/package.json",
      ].toSorted(),
    );
  });

  test.each(["**/*.test.ts", "**/testing", "**/fixtures", "**/node_modules", "**/.env*", "**/*.pem", "**/*.key"])(
    "keeps %s out",
    (rule) => {
      expect(rules.indexOf(rule)).toBeGreaterThan(rules.lastIndexOf("!services"));
    },
  );
});
