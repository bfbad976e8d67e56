/** JavaScript that runs inside of pods: nothing but Node's own modules. */

/** Prints "open", or "closed: CODE" when no connection comes about within two seconds. */
export function dialScript(host: string, port: number): string {
  return `import net from "node:net";
const socket = net.connect({ host: ${JSON.stringify(host)}, port: ${port} });
const end = (text) => { console.log(text); process.exit(0); };
socket.setTimeout(2000, () => end("closed: TIMEOUT"));
socket.once("connect", () => end("open"));
socket.once("error", (error) => end("closed: " + error.code));`;
}

/** Prints the files below /app as JSON: path, size, and whether others than the owner may write. */
export const FILES_SCRIPT = `import { lstatSync, readdirSync } from "node:fs";
const files = [];
const walk = (folder) => {
  for (const name of readdirSync(folder)) {
    const path = folder + "/" + name;
    const stat = lstatSync(path);
    if (stat.isDirectory()) walk(path);
    else files.push({ path, bytes: stat.size, link: stat.isSymbolicLink(), uid: stat.uid });
  }
};
walk("/app");
console.log(JSON.stringify(files));`;

/** Starts the paper exchange five times and prints the milliseconds until each said that it is ready. */
export const START_SCRIPT = `import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
writeFileSync("/tmp/paper.json", JSON.stringify({
  prices: [{ symbol: "BTCUSDT", file: "data/prices/btcusd-mark-1m-2025-10-09.csv" }],
}));
const once = () => new Promise((resolve, reject) => {
  const begun = performance.now();
  const child = spawn(process.execPath, ["services/paper/src/main.ts", "--config", "/tmp/paper.json"], { cwd: "/app" });
  let output = "";
  const read = (text) => {
    output += text;
    if (!output.includes('"service.ready"')) return;
    resolve(performance.now() - begun);
    child.kill("SIGTERM");
  };
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", read);
  child.once("close", () => reject(new Error(output)));
});
const times = [];
for (let run = 0; run < 5; run += 1) times.push(Math.round(await once()));
console.log(JSON.stringify(times));`;
