import { describe, expect, test } from "vitest";

import { PROFILES, TOGGLES } from "./support/cases.ts";
import { render } from "./support/helm.ts";
import { objectsOf } from "./support/objects.ts";
import { structuralDiff } from "./support/structural-diff.ts";

// After a change that is meant: `npm test -- --project charts -u`, and read the difference.
describe("what the charts render", () => {
  test.each(Object.keys(PROFILES))("%s, whole", async (name) => {
    const { stdout, stderr, ok } = await render(PROFILES[name] ?? { chart: name });
    expect(ok, stderr).toBe(true);
    await expect(stdout).toMatchFileSnapshot(`golden/${name}.yaml`);
  });

  test.each(Object.entries(TOGGLES))("%s, by what it changes", async (name, { from, to }) => {
    const before = await objectsOf(from);
    const changes = structuralDiff(before, await objectsOf(to));
    expect(changes.trim(), "a toggle that changes nothing is not a toggle").not.toBe("");
    await expect(changes).toMatchFileSnapshot(`golden/toggles/${name}.diff`);
  });

  test("the notes of the default profile say what to do next and what to beware of", async () => {
    const { stdout } = await render({ chart: "hedgelock", notes: true });
    await expect(stdout.slice(stdout.indexOf("NOTES:"))).toMatchFileSnapshot("golden/notes-default.txt");
  });
});
