import { expect, it } from "vitest";

import { renderOrderLife } from "./render-order-life.ts";

it("docs/order-life.md says what the code does", async () => {
  await expect(renderOrderLife()).toMatchFileSnapshot("../../../../docs/order-life.md");
});
