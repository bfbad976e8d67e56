import { spawnSync } from "node:child_process";
import process from "node:process";

import { describe, expect, inject, test } from "vitest";

import { KUBE_VERSION, ROOT } from "./support/helm.ts";
import { parseManifest } from "./support/objects.ts";
import { CHARTS, INTROS } from "./tools/intros.ts";

/** The commands that a text shows: in a block of their own, or within a sentence. */
function commandsIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)\n```/g)].map(([, block = ""]) => block);
  const within = [...text.matchAll(/`(helm install [^`]+)`/g)].map(([, command = ""]) => command);
  return [...blocks, ...within].filter((command) => command.startsWith("helm install"));
}

describe("the command in the README of", () => {
  test.each(CHARTS)("charts/%s renders as it stands", (chart) => {
    const commands = commandsIn(INTROS[chart]);
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const script = `helm() { shift; "$HELM_PROGRAM" template --kube-version ${KUBE_VERSION} "$@"; }\n${command}`;
      const env = { ...process.env, HELM_PROGRAM: inject("helm") };
      const { status, stdout, stderr } = spawnSync("sh", ["-c", script], { cwd: ROOT, env, encoding: "utf8" });
      expect(status, stderr).toBe(0);
      expect(parseManifest(stdout).length).toBeGreaterThan(2);
    }
  });
});
