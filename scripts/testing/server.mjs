import { createServer } from "node:http";
import { once } from "node:events";

/**
 * A web server that answers from a table of paths.
 * @param {Record<string, Uint8Array | string | ((request: object, response: object) => void)>} pages
 */
export async function serve(pages) {
  const asked = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    asked.push({ path, headers: request.headers });
    const page = pages[path];
    if (page === undefined) response.writeHead(404).end("not found");
    else if (typeof page === "function") page(request, response);
    else response.end(page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
