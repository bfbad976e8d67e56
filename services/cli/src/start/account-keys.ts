import type { Random } from "@hedgelock/runtime";

import type { DemoAccount } from "./accounts.ts";
import type { RunFolder } from "./run-folder.ts";
import type { KeyPair, KeyedAccount } from "./service-configs.ts";

const KEY_BYTES = 9;
const SECRET_BYTES = 18;

function newKeyPair(random: Random): KeyPair {
  return { apiKey: random.hex(KEY_BYTES), apiSecret: random.hex(SECRET_BYTES) };
}

/**
 * Draws a read and a trade key pair for every account and writes them to files of their own, readable by the owner only.
 * @param random cryptographic: keys are never repeatable
 */
export async function writeKeys(
  accounts: readonly DemoAccount[],
  folder: RunFolder,
  random: Random,
): Promise<readonly KeyedAccount[]> {
  return Promise.all(
    accounts.map(async (account): Promise<KeyedAccount> => {
      const read = newKeyPair(random);
      const trade = newKeyPair(random);
      return {
        ...account,
        read,
        trade,
        readKeyFile: await folder.writeJson(`${account.account}.read.key.json`, read),
        tradeKeyFile: await folder.writeJson(`${account.account}.trade.key.json`, trade),
      };
    }),
  );
}
