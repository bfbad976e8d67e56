import { describe, expect, it } from "vitest";

import { BUS_ERROR } from "../bus-error.ts";
import type { ContractContext } from "./contract-context.ts";
import { bytes, fresh, text } from "./messages.ts";

export function describeKeyValue({ bus }: ContractContext): void {
  describe("key-value", () => {
    it("puts, gets, lists and deletes", async () => {
      const config = await bus().keyValue("CONFIG");
      const prefix = fresh("policy");
      expect(await config.get(`${prefix}.a`)).toBeUndefined();
      const revision = await config.put(`${prefix}.a`, bytes("one"));
      await config.put(`${prefix}.b`, bytes("two"));
      const entry = await config.get(`${prefix}.a`);
      expect(entry).toMatchObject({ key: `${prefix}.a`, revision });
      expect(text(entry?.value ?? bytes(""))).toBe("one");
      expect((await config.keys()).filter((key) => key.startsWith(prefix))).toEqual([`${prefix}.a`, `${prefix}.b`]);
      expect(await config.delete(`${prefix}.a`)).toBe(true);
      expect(await config.get(`${prefix}.a`)).toBeUndefined();
      expect((await config.keys()).filter((key) => key.startsWith(prefix))).toEqual([`${prefix}.b`]);
    });

    it("creates once, also over a deleted key", async () => {
      const control = await bus().keyValue("CONTROL");
      const key = fresh("mode");
      const first = await control.create(key, bytes("ACTIVE"));
      expect(first).toBeGreaterThan(0);
      expect(await control.create(key, bytes("HALTED"))).toBeUndefined();
      await control.delete(key);
      expect(await control.create(key, bytes("REDUCING"))).toBeGreaterThan(first ?? 0);
      expect(text((await control.get(key))?.value ?? bytes(""))).toBe("REDUCING");
    });

    it("replaces and deletes only the revision it is told", async () => {
      const lease = await bus().keyValue("LEASE");
      const key = `p.${fresh("lease")}`;
      const first = (await lease.create(key, bytes("a"), 60_000)) ?? 0;
      const second = (await lease.update(key, bytes("b"), first, 60_000)) ?? 0;
      expect(second).toBeGreaterThan(first);
      expect(await lease.update(key, bytes("stale"), first, 60_000)).toBeUndefined();
      expect(await lease.delete(key, first)).toBe(false);
      expect(text((await lease.get(key))?.value ?? bytes(""))).toBe("b");
      expect(await lease.delete(key, second)).toBe(true);
      expect(await lease.get(key)).toBeUndefined();
      expect(await lease.update(key, bytes("zombie"), second, 60_000)).toBeUndefined();
      expect(await lease.create(key, bytes("next"), 60_000)).toBeGreaterThan(second);
    });

    it("lets one of two claimants win", async () => {
      const lease = await bus().keyValue("LEASE");
      const key = `p.${fresh("claim")}`;
      const claims = await Promise.all([lease.create(key, bytes("a"), 60_000), lease.create(key, bytes("b"), 60_000)]);
      expect(claims.filter((revision) => revision !== undefined)).toHaveLength(1);
    });

    it("refuses keys a bucket cannot have, and a life time where keys do not expire", async () => {
      const config = await bus().keyValue("CONFIG");
      for (const key of ["", "a b", "a.*", ">", ".a", "a.", "a..b", "é"]) {
        await expect(config.put(key, bytes("x"))).rejects.toMatchObject({ code: BUS_ERROR.INVALID_KEY });
        await expect(config.get(key)).rejects.toMatchObject({ code: BUS_ERROR.INVALID_KEY });
      }
      await expect(config.create(fresh("ttl"), bytes("x"), 1_000)).rejects.toMatchObject({
        code: BUS_ERROR.INVALID_KEY,
      });
    });
  });
}
