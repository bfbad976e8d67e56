import { readFileSync } from "node:fs";

import { NATS_USERS } from "@hedgelock/bus";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { apiProblems } from "./support/api-schemas.ts";
import { ROOT } from "./support/helm.ts";
import { parseManifest } from "./support/objects.ts";

const read = (name: string): string => readFileSync(`${ROOT}${name}`, "utf8");
/** What a Secret for NATS must hold: a password for every user, and one between the servers. */
const PASSWORDS = [...NATS_USERS, "route"].toSorted();

const secret = z.looseObject({ stringData: z.record(z.string(), z.string()) });
const production = z.looseObject({
  global: z.looseObject({ nats: z.looseObject({ existingSecret: z.string() }) }),
  collector: z.looseObject({ keys: z.object({ existingSecret: z.string() }) }),
  hedger: z.looseObject({ keys: z.object({ existingSecret: z.string() }) }),
});
const example = z.looseObject({ global: z.looseObject({ accounts: z.array(z.string()) }) });
const natsValues = z.looseObject({ auth: z.looseObject({ devPasswords: z.record(z.string(), z.string()) }) });
const keyFile = z.strictObject({ apiKey: z.string(), apiSecret: z.string() });

describe("the sample manifests", () => {
  test.each(["k8s/namespace.yaml", "k8s/secrets.example.yaml"])("%s is what the API takes", (name) => {
    const objects = parseManifest(read(name));
    expect(objects.length).toBeGreaterThan(0);
    expect(objects.flatMap(apiProblems)).toEqual([]);
  });

  test("the Secrets are those of the production profile, complete", () => {
    const secrets = new Map(
      parseManifest(read("k8s/secrets.example.yaml")).map((object) => [
        object.metadata.name,
        secret.parse(object).stringData,
      ]),
    );
    const profile = production.parse(parse(read("charts/hedgelock/values-production.yaml")));
    const { accounts } = example.parse(parse(read("k8s/production.example.yaml"))).global;
    expect(Object.keys(secrets.get(profile.global.nats.existingSecret) ?? {}).toSorted()).toEqual(PASSWORDS);
    for (const name of [profile.collector.keys.existingSecret, profile.hedger.keys.existingSecret]) {
      const files = secrets.get(name) ?? {};
      expect(Object.keys(files).toSorted()).toEqual(accounts.map((account) => `${account}.json`).toSorted());
      for (const text of Object.values(files)) expect(keyFile.safeParse(JSON.parse(text)).success).toBe(true);
    }
  });

  test("there is a development password for every user", () => {
    const { devPasswords } = natsValues.parse(parse(read("charts/nats/values.yaml"))).auth;
    expect(Object.keys(devPasswords).toSorted()).toEqual(PASSWORDS);
  });

  test("the documented commands make a password for every user", () => {
    const [, users = ""] = /^ *for user in ([a-z ]+);/m.exec(read("docs/kubernetes.md")) ?? [];
    expect(users.split(" ").toSorted()).toEqual(PASSWORDS);
  });
});
