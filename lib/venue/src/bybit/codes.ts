/**
 * What a Bybit return code means for the caller. Only the classes of {@link DEFINITE_REFUSALS} say that an order was
 * certainly not accepted; everything else, and every code that is not listed, leaves its fate open.
 */
export type CodeClass =
  /** Try the same again later. */
  | "retry_same"
  /** Slow down. */
  | "rate"
  /** The timestamp was outside the receive window. */
  | "clock"
  /** The venue itself does not know what became of it. */
  | "unknown_outcome"
  /** What was asked for is already so. */
  | "already_done"
  | "order_gone"
  | "order_busy"
  | "funds"
  /** The request breaks a rule of the instrument or of the API. */
  | "parameters"
  | "position_risk"
  | "market_state"
  | "auth"
  /** This WebSocket node is going away. */
  | "socket_node";

type Row = readonly [CodeClass, readonly number[]];

/** The policy table; source: Bybit v5 error page (2026-07-24) and the ambiguity lists of the public SDKs. */
export const CODE_TABLE: readonly Row[] = [
  ["retry_same", [429, 10429, 148019, 148021, 148026, 148034, 148035, 148036, 170032, 170191, 177002]],
  ["rate", [10006, 10018, 10403, 20003, 170005, 170222]],
  ["clock", [10002, -1]],
  ["unknown_outcome", [10000, 10016, 170001, 170007, 170146, 170147, 170310]],
  ["already_done", [110072, 170141, 110043, 110025, 110026, 110027, 10014, 131214]],
  ["order_gone", [110001, 110008, 110010, 170139, 170142, 170143, 170190, 170213]],
  ["order_busy", [110079, 40004, 170144, 170212]],
  [
    "funds",
    [
      110004, 110006, 110007, 110012, 110014, 110044, 110045, 110051, 110052, 110053, 170033, 170131, 131212, 148012,
      148029, 148037,
    ],
  ],
  [
    "parameters",
    [
      10001, 110003, 110009, 110017, 110020, 110032, 110057, 110064, 110092, 110093, 110094, 110120, 110121, 170124,
      170130, 170132, 170133, 170134, 170135, 170136, 170137, 170140, 170148, 170193, 170194, 170371, 170372, 170381,
      170382, 170810,
    ],
  ],
  [
    "position_risk",
    [
      110005, 110011, 110013, 110021, 110022, 110023, 110024, 110028, 110029, 110039, 110040, 110085, 110086, 110089,
      110090, 30228,
    ],
  ],
  ["market_state", [110063, 110066, 110074, 110095, 170031, 170151, 170157]],
  [
    "auth",
    [10003, 10004, 10005, 10007, 10008, 10009, 10010, 10024, 10027, 10028, 10029, 33004, -2015, 110123, 110124, 110125],
  ],
  ["socket_node", [10019, 20001, 20006, 10404]],
];

const CLASS_OF: ReadonlyMap<number, CodeClass> = new Map(
  CODE_TABLE.flatMap(([codeClass, codes]) => codes.map((code) => [code, codeClass] as const)),
);

/** Classes in which the venue certainly did not take a new order. */
export const DEFINITE_REFUSALS: ReadonlySet<CodeClass> = new Set<CodeClass>([
  "funds",
  "parameters",
  "position_risk",
  "market_state",
  "auth",
]);

/** The link id is taken: contracts and spot have a code each. */
export const DUPLICATE_LINK_ID: ReadonlySet<number> = new Set([110072, 170141]);

/** The signed time was outside the receive window. */
export const OUTSIDE_RECEIVE_WINDOW = 10002;

/** Class of a code; undefined when the table does not list it. */
export function classOfCode(code: number): CodeClass | undefined {
  return CLASS_OF.get(code);
}
