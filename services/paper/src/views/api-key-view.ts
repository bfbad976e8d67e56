import type { ApiKey } from "../api-keys.ts";
import type { Account } from "../domain/account.ts";
import type { JsonObject } from "./json.ts";

/** Result of user/query-api. */
export function apiKeyView(account: Account, key: ApiKey): JsonObject {
  return {
    id: account.uid,
    note: "paper",
    apiKey: key.apiKey,
    readOnly: key.permission === "trade" ? 0 : 1,
    secret: "",
    permissions: {
      ContractTrade: ["Order", "Position"],
      Spot: ["SpotTrade"],
      Wallet: ["AccountTransfer"],
      Options: [],
      Derivatives: ["DerivativesTrade"],
      Exchange: [],
      Earn: [],
    },
    ips: ["*"],
    type: 1,
    deadlineDay: -2,
    expiredAt: "1970-01-01T00:00:00Z",
    createdAt: new Date(account.createdMs).toISOString(),
    unified: 0,
    uta: 1,
    userID: Number(account.uid),
    inviterID: 0,
    vipLevel: "No VIP",
    mktMakerLevel: "0",
    affiliateID: 0,
    rsaPublicKey: "",
    isMaster: true,
    parentUid: "0",
  };
}
