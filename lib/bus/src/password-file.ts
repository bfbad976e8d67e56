import { readFile } from "node:fs/promises";

import { HedgeLockError, errorText } from "@hedgelock/runtime";

/**
 * Reads a file that holds a password alone; the line end that editors leave does not belong to it.
 * @throws HedgeLockError CONFIG_UNREADABLE, CONFIG_INVALID when nothing stands in it; exit status 2
 */
export async function readPasswordFile(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new HedgeLockError(
      "CONFIG_UNREADABLE",
      `cannot read the password file ${path} (nats.passwordFile, --password-file): ${errorText(error)}`,
      {
        cause: error,
        exitStatus: 2,
      },
    );
  }
  const password = text.replace(/[\r\n]+$/, "");
  if (password !== "" && !/[\r\n]/.test(password)) return password;
  const wrong = password === "" ? "is empty" : "has more than one line";
  throw new HedgeLockError(
    "CONFIG_INVALID",
    `the password file ${path} ${wrong}: it must hold the password and nothing else`,
    {
      exitStatus: 2,
    },
  );
}
