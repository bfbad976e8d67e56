#!/usr/bin/env node
/**
 * The door to HedgeLock: `npm start`, `npm test`, `npm run bench|check|generate|format`.
 *
 * Gets what is needed (packages, Node 24, nats-server) and hands over. Only built-in modules are used, as nothing else
 * may be installed yet. This file stays parseable by old versions of Node, so that they get a sentence and not a
 * syntax error; everything else is imported after the version is known to be good enough.
 */
const OLDEST_NODE_MAJOR = 20;

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE_MAJOR) {
  process.stderr.write(
    "hedgelock: Node " +
      process.versions.node +
      " is too old: install Node 20 or newer from https://nodejs.org. [NODE_TOO_OLD]\n",
  );
  process.exitCode = 10;
} else {
  import("./lib/main.mjs")
    .then((launcher) => launcher.main(process.argv.slice(2)))
    .catch((error) => {
      process.stderr.write(
        "hedgelock: the launcher itself failed, please report this: " + (error && error.stack) + "\n",
      );
      process.exitCode = 70;
    });
}
