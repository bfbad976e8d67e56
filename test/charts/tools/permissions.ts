import { NATS_USERS, natsPermissions } from "@hedgelock/bus";

/** What every user of NATS may do, as the NATS chart hands it to the server: the list of lib/bus, and no other. */
export function permissionsFile(): string {
  const users = Object.fromEntries(NATS_USERS.map((user) => [user, natsPermissions(user)]));
  return `${JSON.stringify(users, undefined, 2)}\n`;
}
