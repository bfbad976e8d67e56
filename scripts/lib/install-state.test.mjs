import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { STAMP, installDecision } from "./install-state.mjs";

const LINUX = { platform: "linux", arch: "x64" };
const LOCK = {
  "": {},
  "node_modules/a": { version: "1.0.0" },
  "node_modules/a/node_modules/b": { version: "3.0.0" },
  "node_modules/own": { resolved: "lib/own", link: true },
  "lib/own": { version: "0.1.0" },
  "node_modules/mac-only": { version: "1.0.0", optional: true, os: ["darwin"] },
};

describe("installDecision", () => {
  let root;
  const write = (path, text) => writeFileSync(join(root, path), text);
  const writeLock = (packages) => write("package-lock.json", JSON.stringify({ packages }));
  const install = (packages) => {
    for (const path of Object.keys(packages)) {
      if (path === "") continue;
      mkdirSync(join(root, path), { recursive: true });
      write(join(path, "package.json"), "{}");
    }
    write("node_modules/.package-lock.json", JSON.stringify({ packages }));
  };
  const { "": _, "node_modules/mac-only": __, ...complete } = LOCK;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hedgelock-state-"));
    writeLock(LOCK);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("installs when there is no node_modules", () => {
    expect(installDecision(root, LINUX)).toMatchObject({ install: true, why: "first start" });
  });

  it("does nothing when everything is there and stamped", () => {
    install(complete);
    const { sha256 } = installDecision(root, LINUX);
    write(`node_modules/${STAMP}`, JSON.stringify({ sha256 }));
    expect(installDecision(root, LINUX)).toEqual({ install: false, stamp: true, sha256 });
  });

  it("accepts an install by hand that fits, and says that the stamp is missing", () => {
    install(complete);
    expect(installDecision(root, LINUX)).toMatchObject({ install: false, stamp: false });
  });

  it("ignores a stamp that was cut off or belongs to another lock file", () => {
    install(complete);
    write(`node_modules/${STAMP}`, `{"sha25`);
    expect(installDecision(root, LINUX)).toMatchObject({ install: false, stamp: false });
    write(`node_modules/${STAMP}`, JSON.stringify({ sha256: "other" }));
    expect(installDecision(root, LINUX)).toMatchObject({ install: false, stamp: false });
  });

  it("repairs an install that was interrupted: npm writes its own record last", () => {
    install(complete);
    rmSync(join(root, "node_modules/.package-lock.json"));
    expect(installDecision(root, LINUX)).toMatchObject({ install: true, why: "an earlier install did not finish" });
  });

  it("repairs a package that lost its folder, at any depth", () => {
    install(complete);
    rmSync(join(root, "node_modules/a/node_modules/b"), { recursive: true });
    expect(installDecision(root, LINUX)).toMatchObject({
      install: true,
      why: "node_modules/a/node_modules/b is incomplete",
    });
  });

  it("installs when the lock file asks for another version, for more or for less", () => {
    install(complete);
    writeLock({ ...LOCK, "node_modules/a": { version: "1.0.1" } });
    expect(installDecision(root, LINUX)).toMatchObject({ install: true, why: "node_modules/a is another version" });
    writeLock({ ...LOCK, "node_modules/c": { version: "1.0.0" } });
    expect(installDecision(root, LINUX)).toMatchObject({ install: true, why: "node_modules/c is missing" });
    const { "node_modules/a/node_modules/b": ___, ...fewer } = LOCK;
    writeLock(fewer);
    expect(installDecision(root, LINUX)).toMatchObject({
      install: true,
      why: "node_modules/a/node_modules/b is not in the lock file",
    });
  });

  it("does not ask for packages of other platforms", () => {
    install(complete);
    writeLock({
      ...LOCK,
      "node_modules/arm": { version: "1.0.0", cpu: ["arm64"] },
      "node_modules/notlinux": { version: "1.0.0", os: ["!linux"] },
    });
    expect(installDecision(root, LINUX)).toMatchObject({ install: false });
    expect(installDecision(root, { platform: "linux", arch: "arm64" })).toMatchObject({
      install: true,
      why: "node_modules/arm is missing",
    });
  });

  it("says what to do when the lock file is missing or damaged", () => {
    write("package-lock.json", `{"packages": {`);
    expect(() => installDecision(root, LINUX)).toThrow(/package-lock\.json is missing or damaged .*git checkout/);
    rmSync(join(root, "package-lock.json"));
    expect(() => installDecision(root, LINUX)).toThrow(
      expect.objectContaining({ code: "LOCK_FILE_MISSING", exitStatus: 13 }),
    );
  });
});
