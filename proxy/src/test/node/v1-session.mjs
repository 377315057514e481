// Connects the first generation of the official TypeScript client.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { capabilities, RECONNECTION, Session } from "./session.mjs";

const SCHEMAS = {
  "elicitation/create": ElicitRequestSchema,
  "sampling/createMessage": CreateMessageRequestSchema,
  "roots/list": ListRootsRequestSchema,
};

class V1Session extends Session {
  call(name, args, options) {
    return this.client.callTool({ name, arguments: args }, undefined, options);
  }
}

async function connect(t, answers, makeTransport) {
  const client = new Client({ name: "outrigger-test", version: "1" }, { capabilities: capabilities(answers) });
  const session = new V1Session(client, t);
  for (const [method, answer] of Object.entries(answers)) client.setRequestHandler(SCHEMAS[method], answer);
  await client.connect(session.watch(makeTransport(session)));
  t.hide(session.transport.sessionId, "session");
  return session;
}

/**
 * @param answers handlers of the server's requests, by method
 * @param resumed `sessionId` and `protocolVersion` of a session to take over
 */
export const openStreamable = (url, t, answers = {}, resumed = {}) =>
  connect(t, answers, ({ fetch }) => {
    const { sessionId, protocolVersion } = resumed;
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      sessionId,
      fetch,
      reconnectionOptions: RECONNECTION,
    });
    if (protocolVersion !== undefined) transport.setProtocolVersion(protocolVersion);
    return transport;
  });

export const openSse = (url, t, answers = {}) =>
  connect(t, answers, ({ fetch }) => new SSEClientTransport(new URL(url), { fetch, eventSourceInit: { fetch } }));
