import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Only its owner may read it: it holds keys. */
const PRIVATE_FILE = 0o600;

/** The folder of one run: configuration, keys, logs, the bus's store. */
export interface RunFolder {
  readonly path: string;
  /** Path of a file in it. */
  file(name: string): string;
  /** Writes a file that only its owner may read. @returns its path */
  write(name: string, text: string): Promise<string>;
  writeJson(name: string, value: unknown): Promise<string>;
  remove(): Promise<void>;
}

/** Makes a fresh folder under the system's temporary folder; mkdtemp gives it mode 0700. */
export async function createRunFolder(): Promise<RunFolder> {
  const path = await mkdtemp(join(tmpdir(), "hedgelock-"));
  const file = (name: string): string => join(path, name);
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(file(name), text, { mode: PRIVATE_FILE, flag: "wx" });
    return file(name);
  };
  return {
    path,
    file,
    write,
    writeJson: (name, value) => write(name, `${JSON.stringify(value, undefined, 2)}\n`),
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
