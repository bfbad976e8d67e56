/** One short line for each thing the launcher does, on standard error: standard output belongs to the command. */
export function say(text) {
  process.stderr.write(`hedgelock: ${text}\n`);
}

/** Reports a failure and returns the exit status. */
export function sayError(error) {
  if (typeof error?.exitStatus === "number") {
    say(`${error.message} [${error.code}]`);
    if (error.detail) process.stderr.write(`${error.detail.trimEnd()}\n`);
    return error.exitStatus;
  }
  process.stderr.write(`hedgelock: the launcher itself failed, please report this: ${error?.stack ?? error}\n`);
  return 70;
}
