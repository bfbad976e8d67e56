import { NATS_RIGHTS, NATS_USERS, natsPermissions, type NatsUser } from "../permissions.ts";

const INTRODUCTION = `# Security: who may do what on the bus

Generated from \`lib/bus/src/permissions.ts\`; a test keeps it fresh (\`npx vitest run --project unit lib/bus/src/docs -u\` renews it).

Every service is a user of its own on the NATS server and has the rights that its code uses; whatever is not listed is
denied. A service connects under the name of its user, because the inboxes that it gets answers in begin with
\`_IB.<user>.\`: no user reads another one's answers, or writes into them. \`hedgelock start\` and the NATS chart take the
rights from the same place, and \`lib/bus/src/denials.nats.test.ts\` tries on a real server what each must not do.
`;

const NOTES = `What nobody may, whatever the password: delete or purge a stream or a bucket, delete a message, read or restore a
snapshot, move a leader, make a durable consumer, read the server's own subjects. For these, and to make room for an
incompatible stream, an administrator uses a user of the server's own configuration. HEDGE takes no deletion and no purge
even then. No bucket is written yet: who will write one gets the right with the code that needs it.

## Passwords

- A password stands alone in a file, named by \`nats.passwordFile\` (\`--password-file\` of \`hedgelock provision\` and \`hedgelock wait\`). It is in no configuration, command line, log or error.
- \`hedgelock start\` draws one a user for each run: files \`nats.<user>.password\` of the run folder (folder 0700, files 0600). On Kubernetes they are keys of a Secret, named like the users, and each pod mounts its own ([Kubernetes](kubernetes.md)).
- The server's configuration may hold a bcrypt hash (\`$2a$…\`) in a password's place.
- A wrong password, an empty file or a missing one ends a service at its start with the user and the path of the file (\`BUS_UNAUTHORIZED\`, \`CONFIG_UNREADABLE\`, \`CONFIG_INVALID\`).
- Changing a password on the server cuts the connections made with the old one: the service ends with \`BUS_UNAUTHORIZED\` and exit status 1, and reads the file again when it is started again. So put the new password into the file first.
- Losing the connection for any other reason ends nothing: the service says so in \`/readyz\` and waits.

The exchange's keys are apart from this: the collector has keys that read, the hedger keys that trade, the risk engine none.

## Limits

- Rights end at streams, not at accounts: a hedger can write the ledger of every account. Against two honest owners the ledger itself is the lock; against a stolen password only the password is.
- NATS does not check the subject that a request wants its answer on. Whoever may ask anything can make the _server_ put its answer into a stream: a line of JSON that the asker does not choose, under any subject, or a message that it may read, under that message's own subject. Neither is a record of ours: the hedger ends with \`HEDGER_LEDGER_UNREADABLE\` rather than trade on it. Where a service itself may be hostile, give the hedger an account of its own on the server.
- A consumption can be disturbed, not read, by a user with rights on the same stream who guesses its random name; it heals.
- Passwords and messages cross the network as they are, unless the server is given TLS: keep 4222 closed to everybody else, as the charts' network policies do.
`;

/** A Markdown table with its columns padded, as the formatter wants it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], fill: string): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(" | ")} |`;
  const rule = head.map(() => "");
  return [line(head, " "), line(rule, "-"), ...rows.map((row) => line(row, " "))];
}

const code = (words: readonly string[]): string =>
  words.length === 0 ? "-" : words.map((word) => `\`${word}\``).join(" ");
const plain = (words: readonly string[]): string => (words.length === 0 ? "-" : words.join(", "));

function rightsOf(user: NatsUser): readonly string[] {
  const { writes, consumes, looksUp, readsBuckets, announces, listensTo } = NATS_RIGHTS[user];
  return [
    `**${user}**`,
    code(writes),
    plain(consumes),
    plain([...looksUp, ...readsBuckets.map((bucket) => `bucket ${bucket}`)]),
    code(announces),
    code(listensTo),
  ];
}

function subjectsOf(user: NatsUser): readonly string[] {
  const { publish, subscribe } = natsPermissions(user);
  return [`### ${user}`, "", `Publish: ${code(publish)}`, "", `Subscribe: ${code(subscribe)}`, ""];
}

/** The documentation page of users and rights, in Markdown. */
export function renderSecurity(): string {
  const head = ["user", "writes", "follows", "reads single messages of", "announces, not stored", "listens to"];
  return [
    INTRODUCTION,
    "## Users",
    "",
    ...NATS_USERS.map((user) => `- **${user}**: ${NATS_RIGHTS[user].purpose}`),
    "",
    ...table(head, NATS_USERS.map(rightsOf)),
    "",
    "Everybody reads what was provisioned (partitions, ledger id). **provision** may also create, change and describe our own",
    "streams and buckets, and no others.",
    "",
    NOTES,
    "## The subjects, as the server has them",
    "",
    ...NATS_USERS.flatMap(subjectsOf),
  ].join("\n");
}
