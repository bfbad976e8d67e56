import { FINAL_STATES, LIFE_EVENT_MEANING, LIFE_EVENTS, LIFE_STATES, TRANSITIONS } from "../domain/order-life.ts";
import { CRASH_POINTS } from "../account/crash-points.ts";

const INTRODUCTION = `# The life of an order

Generated from \`services/hedger/src/domain/order-life.ts\`; a test keeps it fresh (\`npx vitest run --project unit services/hedger/src/docs -u\` renews it).

An order begins as an **intent** in the ledger: link id, quantity, price and signing time are written, and known to be
stored, before anything is sent. The link id is a function of ledger, account and record version, so whoever takes over
names the same order. Every change is one more record: the event, and the whole state after it.

- The request is signed with the venue time in the intent, never with the time of sending. A process that freezes and
  wakes up too late is refused by the venue itself.
- Another attempt is another record with a signing time of its own and the **same** link id. It is made when the venue
  refused the signed time, or when nobody knows what became of the order, it is not found, and it is still wanted; only
  on a venue whose link ids stay taken for good. A refusal of a later attempt proves nothing about an earlier one.
- UNKNOWN counts as in flight. It ends by a sign of the order, or by proof: once venue time has passed signing time +
  receive window + margin + read lag, three agreeing "not found" answers, a second apart.
- At most one intent of an instrument is unresolved. The next is sized on position plus everything in flight.
- An order is resolved when the venue is done with it **and** every fill it reported has arrived by execution.
- Facts are merged in any order and any number of times: a fill is known by its execution id, quantities never shrink, a
  final word gives way only to a stronger one (Filled > PartiallyFilledCanceled > Cancelled > Deactivated > Rejected).
- An intent that traded waits for position data newer than its last fill; then its postcondition is checked and recorded.
`;

/** A Markdown table with its columns padded, as the formatter wants it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], fill: string): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(" | ")} |`;
  return [
    line(head, " "),
    line(
      head.map(() => ""),
      "-",
    ),
    ...rows.map((row) => line(row, " ")),
  ];
}

/** The documentation page of the order life, in Markdown. */
export function renderOrderLife(): string {
  const states = LIFE_STATES.filter((state) => state !== "NONE");
  const rows = LIFE_STATES.flatMap((state) =>
    LIFE_EVENTS.flatMap((event) => {
      const to = TRANSITIONS[state][event];
      return to === undefined ? [] : [[state, `\`${event}\``, to === state ? "(stays)" : to]];
    }),
  );
  const arrows = LIFE_STATES.flatMap((state) =>
    LIFE_EVENTS.flatMap((event) => {
      const to = TRANSITIONS[state][event];
      if (to === undefined || to === state) return [];
      return [`  ${state === "NONE" ? "[*]" : state} --> ${to}: ${event}`];
    }),
  );
  return [
    INTRODUCTION,
    "## States and transitions",
    "",
    `States: ${states.join(", ")}. Final, as far as the venue goes: ${FINAL_STATES.join(", ")}.`,
    "A pair of state and event that is not in the table cannot happen: the code throws.",
    "",
    "```mermaid",
    "stateDiagram-v2",
    ...arrows,
    "```",
    "",
    ...table(["from", "event", "to"], rows),
    "",
    "## Events",
    "",
    ...table(
      ["event", "what it is"],
      LIFE_EVENTS.map((event) => [`\`${event}\``, LIFE_EVENT_MEANING[event]]),
    ),
    "",
    "## Crash points",
    "",
    "Places between two steps at which a test kills the process; in production nothing happens there.",
    "",
    ...CRASH_POINTS.map((point) => `- \`${point}\``),
    "",
  ].join("\n");
}
