import { HedgeLockError } from "@hedgelock/runtime";

import { natsPermissions, type NatsUser } from "./permissions.ts";

/** A user with its password, plain or as the bcrypt hash (`$2a$…`) that nats-server takes in its place. */
export interface NatsCredential {
  readonly name: NatsUser;
  readonly password: string;
}

/** Between double quotes nats-server knows the escapes that JSON makes of a quote and a backslash, and no other. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function list(subjects: readonly string[]): string {
  return `[\n${subjects.map((subject) => `        ${quoted(subject)}\n`).join("")}      ]`;
}

function checked({ name, password }: NatsCredential): string {
  if (password !== "" && !/\p{Cc}/u.test(password)) return password;
  throw new HedgeLockError(
    "CONFIG_INVALID",
    `the password of the NATS user "${name}" ${password === "" ? "is empty" : "holds a control character"}`,
    { exitStatus: 2 },
  );
}

function userBlock(credential: NatsCredential): string {
  const { publish, subscribe } = natsPermissions(credential.name);
  return `  {
    user: ${quoted(credential.name)}
    password: ${quoted(checked(credential))}
    permissions: {
      publish: ${list(publish)}
      subscribe: ${list(subscribe)}
    }
  }`;
}

/**
 * The `authorization` block of a nats-server configuration: these users with their permissions, and nobody else. The text
 * holds the passwords as given.
 * @throws HedgeLockError CONFIG_INVALID: a user twice, an empty password, a control character in one
 */
export function natsAuthorization(users: readonly NatsCredential[]): string {
  const names = users.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new HedgeLockError("CONFIG_INVALID", `the NATS user "${twice}" is listed twice`, { exitStatus: 2 });
  }
  return `authorization {\nusers: [\n${users.map(userBlock).join("\n")}\n]\n}\n`;
}
