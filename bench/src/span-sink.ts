import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { z } from "zod";

/** A trace back end that takes everything: what it does costs the processes that are measured nothing. */
export interface TakingBackEnd extends AsyncDisposable {
  readonly url: string;
}

const SERVER = `
  const { createServer } = require("node:http");
  const { parentPort } = require("node:worker_threads");
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

/** Starts it on a thread of its own. */
export async function startTakingBackEnd(): Promise<TakingBackEnd> {
  const worker = new Worker(SERVER, { eval: true });
  const [message]: unknown[] = await once(worker, "message");
  return {
    url: `http://127.0.0.1:${z.number().parse(message)}`,
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
