import type { ChildSpec } from "../child.ts";

/** A Node program given as text, as a child of the supervisor. */
export function dummy(name: string, folder: string, script: string, stopsItself = false): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: ["-e", script],
    environment: {},
    logFile: `${folder}/${name}.log`,
    stopsItself,
  };
}

/** Says that it is ready and lives until SIGTERM, which it reports. */
export const LIVES = `
  process.on("SIGTERM", () => { console.log("stopped"); process.exit(0); });
  setInterval(() => {}, 1000);
  console.log(JSON.stringify({ level: "info", event: "service.ready" }));
`;

/** Lives on whatever it is asked. */
export const STUBBORN = `
  process.on("SIGTERM", () => {});
  setInterval(() => {}, 1000);
  console.log(JSON.stringify({ level: "info", event: "service.ready" }));
`;

/** Ends when standard input closes, as our services do. */
export const FOLLOWS_PARENT = `
  process.stdin.on("end", () => process.exit(0));
  process.stdin.resume();
  console.log(JSON.stringify({ level: "info", event: "service.ready" }));
`;

/** True for the line that the dummies print when they are up. */
export function readyLine(line: string): true | undefined {
  return line.includes("service.ready") ? true : undefined;
}
