import { describe, expect, test } from "vitest";

import { PROFILES } from "./support/cases.ts";
import { helm } from "./support/helm.ts";
import { CHARTS } from "./tools/intros.ts";

describe("helm lint --strict", () => {
  test.each(CHARTS)("charts/%s", async (chart) => {
    const { ok, stdout, stderr } = await helm(["lint", "--strict", `charts/${chart}`]);
    expect(ok, stdout + stderr).toBe(true);
  });

  test("with the values of production", async () => {
    const files = PROFILES["production"]?.files ?? [];
    const { ok, stdout } = await helm([
      "lint",
      "--strict",
      "charts/hedgelock",
      ...files.flatMap((file) => ["-f", file]),
    ]);
    expect(ok, stdout).toBe(true);
    expect(files).toHaveLength(2);
  });
});
