import { expect, test } from "vitest";

import { redactor } from "./redact.ts";

test("takes keys, secrets and signatures out of the venue's texts", () => {
  const redact = redactor({ apiKey: "simKey01", apiSecret: "simSecret01" });
  const text = `error sign! origin_string[1785600000000simKey015000] ${"ab".repeat(32)} simSecret01`;
  expect(redact(text)).toBe("error sign! origin_string[1785600000000[redacted]5000] [redacted] [redacted]");
});

test("shortens what is long", () => {
  expect(redactor(undefined)("x".repeat(1000)).length).toBeLessThan(400);
});
