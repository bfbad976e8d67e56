import { spawn, type ChildProcess } from "node:child_process";

/** A nats-server process of a test; ended by its process id only. */
export interface NatsProcess {
  readonly pid: number;
  /** The last lines it wrote, for error messages. */
  output(): string;
  /** True once it has ended. */
  readonly ended: boolean;
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGTERM" | "SIGKILL" | "SIGHUP"): void;
  /** Resolves when the process has ended. */
  readonly exit: Promise<void>;
}

const KEEP_OUTPUT_CHARACTERS = 8_000;
const running = new Set<ChildProcess>();
let cleansUp = false;

/** The server program: `NATS_SERVER`, or `nats-server` from the PATH. */
function program(): string {
  const fromEnvironment = process.env["NATS_SERVER"];
  return fromEnvironment === undefined || fromEnvironment === "" ? "nats-server" : fromEnvironment;
}

/** Starts nats-server with a configuration file. */
export function spawnNats(configFile: string): NatsProcess {
  if (!cleansUp) {
    cleansUp = true;
    process.once("exit", () => {
      for (const child of running) child.kill("SIGKILL");
    });
  }
  const child = spawn(program(), ["-c", configFile], { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let output = "";
  let ended = false;
  const keep = (chunk: unknown): void => {
    output = `${output}${String(chunk)}`.slice(-KEEP_OUTPUT_CHARACTERS);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const exit = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true;
      running.delete(child);
      resolve();
    };
    child.once("exit", end);
    child.once("error", (error) => {
      keep(`cannot start ${program()}: ${error.message}; set NATS_SERVER to a nats-server 2.15 program`);
      end();
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    get ended() {
      return ended;
    },
    signal(name) {
      if (!ended) child.kill(name);
    },
    exit,
  };
}
