import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type FixtureTree, fixtureTree } from "./fixture-tree.ts";

const SOUND = {
  "package.json": JSON.stringify({ name: "fixture", private: true, workspaces: ["lib/*", "services/*"] }),
  "lib/finance/package.json": JSON.stringify({
    name: "@hedgelock/finance",
    version: "0.1.0",
    type: "module",
    exports: { ".": "./src/index.ts" },
    dependencies: { "bignumber.js": "11.1.5" },
  }),
  "lib/finance/src/index.ts": `export * from "./sum.ts";\n`,
  "lib/finance/src/sum.ts": `import { BigNumber } from "bignumber.js";\nexport const sum = (a: string): BigNumber => new BigNumber(a);\n`,
  "services/risk/package.json": JSON.stringify({
    name: "@hedgelock/risk",
    version: "0.1.0",
    type: "module",
    dependencies: { "@hedgelock/finance": "0.1.0" },
  }),
  "services/risk/src/main.ts": `import { sum } from "@hedgelock/finance";\nimport { used } from "./part.ts";\nvoid sum(used);\n`,
  "services/risk/src/part.ts": `export const used = "1";\n`,
};

const DEAD = {
  "lib/finance/package.json": SOUND["lib/finance/package.json"].replace(
    `{"bignumber.js"`,
    `{"ws":"8.23.0","bignumber.js"`,
  ),
  "services/risk/src/orphan.ts": "export const orphan = 1;\n",
  "services/risk/src/part.ts": `export const used = "1";\nexport const forgotten = 2;\n`,
  "services/risk/src/main.ts": `import "pino";\n${SOUND["services/risk/src/main.ts"]}`,
};

describe("the dead code check", () => {
  let sound: FixtureTree;
  let dead: FixtureTree;
  beforeAll(async () => {
    sound = await fixtureTree(SOUND, ["knip.json"]);
    dead = await fixtureTree({ ...SOUND, ...DEAD }, ["knip.json"]);
  });
  afterAll(async () => {
    await sound.remove();
    await dead.remove();
  });

  it("lets a repository in order pass", async () => {
    expect(await sound.run("knip", "--no-progress", "--no-config-hints")).toEqual({ status: 0, stdout: "" });
  });

  it("finds a file nobody imports, an export nobody uses, a dependency too many and one too few", async () => {
    const { status, stdout } = await dead.run("knip", "--no-progress", "--no-config-hints");
    expect(status).not.toBe(0);
    expect(stdout).toMatch(/Unused files .*\n.*orphan\.ts/);
    expect(stdout).toMatch(/Unused dependencies .*\nws /);
    expect(stdout).toMatch(/Unlisted dependencies .*\npino /);
    expect(stdout).toMatch(/Unused exports .*\nforgotten /);
  });
});
