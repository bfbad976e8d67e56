/**
 * Loaded by the command before its own code: stops it when the launcher is killed in a way that cannot be passed on
 * (SIGKILL). The kernel then closes the pipe at descriptor 3, whatever happened.
 *
 * Only the launcher's direct child does this: processes it starts inherit its options but not the pipe.
 */
import { Socket } from "node:net";

if (process.env.LAUNCHER_PID === String(process.ppid)) {
  const group = process.env.LAUNCHER_DEATH === "stop-group";
  const pipe = new Socket({ fd: 3, readable: true, writable: false });
  const stop = () => process.kill(group ? -process.pid : process.pid, "SIGTERM");
  pipe.on("end", stop);
  pipe.on("error", stop);
  pipe.resume();
  pipe.unref();
}
