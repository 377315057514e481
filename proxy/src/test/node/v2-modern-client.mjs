// The second generation of the official TypeScript client with the revision of 2026-07-28.
import { randomUUID } from "node:crypto";
import { plainScenarios } from "./calls.mjs";
import { serve } from "./peer.mjs";
import { opener } from "./v2-session.mjs";

const REVISION = "2026-07-28";
const open = opener("auto");

async function discover(url, t) {
  const session = await open(url, t);
  const { client } = session;
  t.note("server", [client.getServerVersion(), client.getServerCapabilities(), client.getInstructions()]);
  t.note("protocol version", client.getNegotiatedProtocolVersion());
  t.note("session", session.transport.sessionId ?? null);
  await session.close();
  const pinned = await opener({ pin: REVISION })(url, t);
  await t.step("pinned", () => pinned.call("echo", { message: "pinned" }));
  await pinned.close();
}

async function logging(url, t) {
  const session = await open(url, t);
  await t.step("without a level", () => session.call("log", {}));
  const params = { name: "log", arguments: {}, _meta: { "io.modelcontextprotocol/logLevel": "info" } };
  await t.step("from info on", () => session.client.callTool(params));
  await session.close();
}

async function subscriptions(url, t) {
  const session = await open(url, t);
  const uri = "test://greeting";
  const listening = await session.client.listen({ toolsListChanged: true, resourceSubscriptions: [uri] });
  t.note("honoured", listening.honoredFilter);
  await t.step("grow", () => session.call("grow", {}));
  await t.arrived("notifications/tools/list_changed");
  await t.step("touch", () => session.call("touch", { uri }));
  await t.arrived("notifications/resources/updated");
  await t.step("touch another", () => session.call("touch", { uri: "test://picture" }));
  await listening.close();
  t.note("closed", await listening.closed);
  await session.close();
}

async function subscriptionsEndedByTheServer(url, t) {
  const listener = await open(url.replace("/v2/mcp", "/v2/ending"), t);
  const listening = await listener.client.listen({ promptsListChanged: true, toolsListChanged: true });
  const caller = await open(url, t);
  await t.step("end", () => caller.call("end-listening", {}));
  t.note("closed", await listening.closed);
  await caller.close();
  await listener.close();
}

/** One round trip more by hand: the answer that asks for input as it is, and a state that must come back unchanged. */
async function inputRequired(url, t) {
  const session = await open(url, t, { "elicitation/create": () => ({ action: "cancel" }) });
  const call = { name: "ask", arguments: { question: "by hand?" } };
  const asked = await t.step("asked", () => session.client.callTool(call, { allowInputRequired: true }));
  const inputResponses = { answer: { action: "accept", content: { answer: "with care" } } };
  const again = { ...call, inputResponses, requestState: asked.requestState };
  await t.step("answered", () => session.client.callTool(again, { allowInputRequired: true }));
  await session.close();
}

async function post(url, headers, body) {
  const accept = "application/json, text/event-stream";
  const all = { "content-type": "application/json", accept, ...headers };
  const response = await fetch(url, { method: "POST", headers: all, body });
  return [response.status, response.headers.get("content-type"), await response.text()];
}

const message = (method, params, version = REVISION) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: `id of ${method}`,
    method,
    params: {
      ...params,
      _meta: {
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": { name: "by hand", version: "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    },
  });

/** What the client's own care would never let through. */
async function refusals(url, t) {
  const echo = { name: "echo", arguments: { message: "hi" } };
  const headers = { "mcp-protocol-version": REVISION, "mcp-method": "tools/call", "mcp-name": "echo" };
  t.note("agreeing", await post(url, headers, message("tools/call", echo)));
  t.note("another name", await post(url, { ...headers, "mcp-name": "add" }, message("tools/call", echo)));
  t.note("another method", await post(url, { ...headers, "mcp-method": "tools/list" }, message("tools/call", echo)));
  const future = { ...headers, "mcp-protocol-version": "2099-01-01" };
  t.note("version of the future", await post(url, future, message("tools/call", echo, "2099-01-01")));
  const unknown = { "mcp-protocol-version": REVISION, "mcp-method": "no/such" };
  t.note("unknown method", await post(url, unknown, message("no/such", {})));
  const batch = `[${message("tools/call", echo)}]`;
  t.note("batch", await post(url, headers, batch));
  const notification = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"${randomUUID()}"}}`;
  const quiet = { "mcp-protocol-version": REVISION, "mcp-method": "notifications/cancelled" };
  t.note("notification", await post(url, quiet, notification));
  for (const method of ["GET", "DELETE"]) {
    const answer = await fetch(url, { method, headers: { accept: "text/event-stream", "mcp-protocol-version": REVISION } });
    t.note(method, [answer.status, await answer.text()]);
  }
}

await serve({
  ...plainScenarios(open),
  discover,
  logging,
  subscriptions,
  subscriptionsEndedByTheServer,
  inputRequired,
  refusals,
});
