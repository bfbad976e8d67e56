import { HedgeLockError } from "@hedgelock/runtime";

import type { ExchangeState } from "../domain/state.ts";
import type { ActiveFault, FaultList } from "../faults/fault-list.ts";
import { faultSpec } from "../faults/fault-spec.ts";
import type { FaultSpec } from "../faults/fault-spec.ts";
import type { JsonObject } from "../views/json.ts";
import type { SimAnswer, SimRequest } from "./sim-message.ts";
import { bodyOf, refuse } from "./sim-body.ts";

const PATH = "/sim/faults";

export interface FaultApiDeps {
  readonly faults: FaultList;
  readonly state: ExchangeState;
}

function view(fault: ActiveFault): JsonObject {
  return { ...fault.spec, id: fault.id, seen: fault.seen, applied: fault.applied };
}

/** Faults go by uid; people may name the account. Undefined when there is none such. */
function withUid(spec: FaultSpec, state: ExchangeState): FaultSpec | undefined {
  const { account } = spec;
  if (account === undefined) return spec;
  const found = [...state.accounts.values()].find((one) => one.uid === account || one.name === account);
  return found === undefined ? undefined : { ...spec, account: found.uid };
}

function add(deps: FaultApiDeps, rawBody: Uint8Array): SimAnswer {
  const parsed = bodyOf(faultSpec, rawBody, '{"kind":"http_lost","path":"/v5/order/create","times":1}');
  if (!parsed.ok) return parsed.answer;
  const spec = withUid(parsed.value, deps.state);
  if (spec === undefined) return refuse(400, `account: there is no ${parsed.value.account ?? ""}`);
  if (spec.kind === "thin_book" && !deps.state.marketBySymbol.has(spec.symbol))
    return refuse(400, `symbol: there is no ${spec.symbol}`);
  if (spec.kind === "field" && spec.path === undefined && spec.topic === undefined)
    return refuse(400, "path or topic: say where the field is");
  try {
    return { status: 201, body: view(deps.faults.add(spec)) };
  } catch (error) {
    if (error instanceof HedgeLockError) return refuse(409, error.message);
    throw error;
  }
}

/** `GET`, `POST`, `DELETE /sim/faults` and `DELETE /sim/faults/ID`; undefined for other paths. */
export function faultApi(deps: FaultApiDeps, request: SimRequest): SimAnswer | undefined {
  const { method, path } = request;
  if (path !== PATH && !path.startsWith(`${PATH}/`)) return undefined;
  const id = decodeURIComponent(path.slice(PATH.length + 1));
  if (id !== "") {
    if (method !== "DELETE") return refuse(405, "use DELETE");
    return deps.faults.remove(id) ? { status: 200, body: { removed: id } } : refuse(404, `there is no fault ${id}`);
  }
  switch (method) {
    case "GET":
      return { status: 200, body: { faults: deps.faults.all().map(view) } };
    case "POST":
      return add(deps, request.rawBody);
    case "DELETE": {
      const removed = deps.faults.size;
      deps.faults.clear();
      return { status: 200, body: { removed } };
    }
    default:
      return refuse(405, "use GET, POST or DELETE");
  }
}
