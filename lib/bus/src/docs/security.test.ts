import { expect, it } from "vitest";

import { renderSecurity } from "./render-security.ts";

it("docs/security.md says what the code grants", async () => {
  await expect(renderSecurity()).toMatchFileSnapshot("../../../../docs/security.md");
});
