// How a server runs: on a free port of the loopback interface, which it prints as `listening PORT`, and no longer than its
// standard input stays open.
import { AsyncLocalStorage } from "node:async_hooks";
import { createServer } from "node:http";

const LIFETIME_MILLIS = 600_000;

const exchanges = new AsyncLocalStorage();

/** The connection that the running handler's request came on. */
export const connection = () => exchanges.getStore();

export function announce(port) {
  process.stdout.write(`listening ${port}\n`);
  setTimeout(() => process.exit(2), LIFETIME_MILLIS).unref();
  process.stdin.on("end", () => process.exit(0)).resume();
}

/** The body, of requests that are known to have proper ones. */
export async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks));
}

function answerError(response, status, code, message) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null }));
}

/** @param routes handlers of a request and a response, by path */
export function listen(routes) {
  const server = createServer(async (request, response) => {
    const handler = routes[request.url];
    if (handler === undefined) {
      answerError(response, 404, -32000, "no such path");
      return;
    }
    await exchanges.run(request.socket, () => handler(request, response));
  });
  server.listen(0, "127.0.0.1", () => announce(server.address().port));
}

/**
 * The handler of a path with sessions.
 *
 * @param connect makes a transport that is connected to a server of its own; it is told how to keep and drop the session
 */
export function sessions(connect) {
  const open = new Map();
  return async (request, response, body) => {
    const id = request.headers["mcp-session-id"];
    if (id !== undefined && !open.has(id)) {
      answerError(response, 404, -32001, "Session not found");
      return;
    }
    const transport =
      open.get(id) ??
      (await connect(
        (session, opened) => open.set(session, opened),
        (session) => open.delete(session),
      ));
    await transport.handleRequest(request, response, body);
  };
}
