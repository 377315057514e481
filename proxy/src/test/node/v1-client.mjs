// The first generation of the official TypeScript client (Streamable HTTP, up to 2025-11-25) at our own server.
import { plainScenarios, sessionScenarios } from "./calls.mjs";
import { serve } from "./peer.mjs";
import { openStreamable as open } from "./v1-session.mjs";

const JSON_TYPE = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** A POST of a body as it stands; of event streams the cursors are left out, which are random. */
async function post(url, headers, body) {
  const response = await fetch(url, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body });
  const text = (await response.text()).replace(/^(id|retry): .*\n/gm, "");
  return { response, seen: [response.status, response.headers.get("content-type"), text] };
}

const initialize = (protocolVersion) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: "start",
    method: "initialize",
    params: { protocolVersion, capabilities: {}, clientInfo: { name: "by hand", version: "1" } },
  });

/** Batches exist in one revision only and no client sends them. */
async function batch(url, t) {
  const { response, seen } = await post(url, {}, initialize("2025-03-26"));
  t.note("initialize", seen);
  const session = {
    "mcp-session-id": response.headers.get("mcp-session-id"),
    "mcp-protocol-version": "2025-03-26",
  };
  const notification = (method) => `{"jsonrpc":"2.0","method":"${method}"}`;
  const call = (id, name, args) =>
    `{"jsonrpc": "2.0", "id": ${id}, "method": "tools/call", "params": {"name": "${name}", "arguments": ${args}}}`;
  t.note("initialized", (await post(url, session, notification("notifications/initialized"))).seen);
  const mixed = [
    '{"id":"ping","method":"ping","jsonrpc":"2.0"}',
    call(1, "echo", '{"message": "first"}'),
    notification("notifications/roots/list_changed"),
    call(2, "nowhere", "{}"),
    call(3, "add", '{"a": 1.50, "b": 2}'),
    call('"four"', "fail", "{}"),
  ];
  t.note("mixed", (await post(url, session, `[${mixed.join(" ,\n")}]`)).seen);
  const silent = [notification("notifications/roots/list_changed"), notification("notifications/roots/list_changed")];
  t.note("only notifications", (await post(url, session, `[${silent}]`)).seen);
  t.note("empty", (await post(url, session, "[]")).seen);
  const end = await fetch(url, { method: "DELETE", headers: session });
  t.note("end", end.status);
}

async function malformed(url, t) {
  t.note("no JSON", (await post(url, {}, '{"jsonrpc":"2.0","id":1,')).seen);
  t.note("no session", (await post(url, {}, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}')).seen);
  const unknown = { "mcp-session-id": "nobody-knows-me" };
  t.note("unknown session", (await post(url, unknown, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}')).seen);
  const session = await open(url, t);
  const headers = { "mcp-session-id": session.transport.sessionId, "mcp-protocol-version": "1999-01-01" };
  t.note("unknown version", (await post(url, headers, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}')).seen);
  await session.close();
}

await serve({ ...plainScenarios(open), ...sessionScenarios(open), batch, malformed });
