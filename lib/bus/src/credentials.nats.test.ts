import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { HedgeLockError } from "@hedgelock/runtime";
import { startNatsServer } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { BUS_ERROR } from "./bus-error.ts";
import { natsAuthorization } from "./nats-authorization.ts";
import type { BusState } from "./port.ts";
import { draft } from "./testing/messages.ts";
import { busOn } from "./testing/nats-harness.ts";
import { record } from "./testing/recorder.ts";
import { passwordOf, startServerWithUsers } from "./testing/users.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-passwords-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function passwordFile(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

describe("credentials", () => {
  it("may be any text without control characters, or the bcrypt hash of one", async () => {
    const awkward = `a "b" \\c \\x41 $d {e} [f] # g // h 'i' \u00fc \u20ac 42`;
    // The hash of "abc123xyz" from the public description of bcrypt.
    const hash = "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
    await using server = await startNatsServer({
      config: natsAuthorization([
        { name: "risk", password: awkward },
        { name: "hedger", password: hash },
        { name: "observer", password: "12345" },
      ]),
    });
    for (const [user, password] of [
      ["risk", awkward],
      ["hedger", "abc123xyz"],
      ["observer", "12345"],
    ] as const) {
      const file = await passwordFile(`${user}.password`, `${password}\n`);
      await using bus = await busOn(server, user, { user, passwordFile: file });
      expect(bus.state).toBe("connected");
    }
    await expect(busOn(server, "hedger", { user: "hedger", password: hash })).rejects.toMatchObject({
      code: BUS_ERROR.UNAUTHORIZED,
    });
  });

  it("are refused before a configuration is written with them", () => {
    const of = (...passwords: readonly string[]) =>
      natsAuthorization(passwords.map((password) => ({ name: "risk", password })));
    expect(() => of("")).toThrow('the password of the NATS user "risk" is empty');
    expect(() => of("secret\nname")).toThrow(/"risk" holds a control character$/);
    expect(() => of("a", "b")).toThrow('the NATS user "risk" is listed twice');
  });

  it("that are wrong are told with user and file, and without the secret", async () => {
    await using server = await startServerWithUsers();
    const file = await passwordFile("wrong.password", "not-the-password\n");
    const failure: unknown = await busOn(server, "risk", { user: "risk", passwordFile: file }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: BUS_ERROR.UNAUTHORIZED });
    expect(String(failure)).toContain(`refuses user "risk" with the password in ${file}`);
    expect(String(failure)).not.toContain("not-the-password");
    await expect(busOn(server, "risk", { user: "risk" })).rejects.toThrow('user "risk" with no password');
  });

  it.each([
    ["missing", undefined, "CONFIG_UNREADABLE", "cannot read the password file"],
    ["empty", "\n", "CONFIG_INVALID", "is empty"],
    ["long", "alpha\nbeta\n", "CONFIG_INVALID", "has more than one line"],
  ])("in a file that is %s are refused before anything is reached", async (name, content, code, message) => {
    const file = content === undefined ? join(folder, name) : await passwordFile(name, content);
    const nowhere = { servers: ["nats://127.0.0.1:1"] };
    const failure: unknown = await busOn(nowhere, "risk", { user: "risk", passwordFile: file }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code, exitStatus: 2 });
    expect(String(failure)).toContain(message);
    expect(String(failure)).toContain(file);
    expect(String(failure)).not.toMatch(/alpha|beta/);
  });

  it("that are revoked end a running connection for good, and its owner is told once", async () => {
    await using server = await startServerWithUsers();
    const file = await passwordFile("risk.password.now", passwordOf("risk"));
    const lost: HedgeLockError[] = [];
    const states: BusState[] = [];
    const onLost = (error: HedgeLockError): void => {
      lost.push(error);
    };
    await using bus = await busOn(server, "risk", { user: "risk", passwordFile: file, onLost });
    await using other = await busOn(server, "collector", { user: "collector", password: passwordOf("collector") });
    bus.watchState((state) => states.push(state));
    const follower = await record(bus, "MD", "md.bybit.linear.X", { from: "new" });
    await server.reconfigure(
      natsAuthorization([
        { name: "risk", password: "a new one" },
        { name: "collector", password: passwordOf("collector") },
      ]),
    );
    await until("the owner is told", () => lost.length > 0);
    expect(lost).toEqual([expect.objectContaining({ code: BUS_ERROR.UNAUTHORIZED })]);
    expect(lost[0]?.message).toContain(`no longer takes user "risk" with the password in ${file}`);
    expect(lost[0]?.message).not.toContain(passwordOf("risk"));
    expect(bus.state).toBe("closed");
    expect(states).toEqual(["disconnected", "closed"]);
    await expect(bus.publish(draft("risk.0.a", "late"))).rejects.toMatchObject({ code: BUS_ERROR.CLOSED });
    await expect(follower.consumption.caughtUp).resolves.toBeUndefined();
    expect((await other.publish(draft("md.bybit.linear.X", "still here"))).stream).toBe("MD");
    await bus.close(1_000);
    expect(lost).toHaveLength(1);
  });

  it("closing is not losing", async () => {
    await using server = await startServerWithUsers();
    const lost: HedgeLockError[] = [];
    const options = { user: "risk", password: passwordOf("risk"), onLost: (error: HedgeLockError) => lost.push(error) };
    const bus = await busOn(server, "risk", options);
    await bus.close(1_000);
    await server.kill();
    expect(lost).toEqual([]);
  });
});
