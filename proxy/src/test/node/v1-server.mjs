// A server made with the first generation of the official TypeScript SDK (revisions up to 2025-11-25): `/v1/mcp` streams and
// lets clients resume, `/v1/json` answers in plain JSON, `/v1/stateless` has no sessions.
import { randomUUID } from "node:crypto";
import { completable } from "@modelcontextprotocol/sdk/server/completable.js";
import { McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  CreateMessageResultSchema,
  ElicitResultSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { Events, registerFixture, text } from "./fixture.mjs";
import { listen, sessions } from "./listen.mjs";

const RETRY_MILLIS = 20;

function view(extra) {
  const progressToken = extra._meta?.progressToken;
  return {
    signal: extra.signal,
    closeStream: extra.closeSSEStream,
    progress: async (progress, total) =>
      progressToken === undefined
        ? undefined
        : extra.sendNotification({ method: "notifications/progress", params: { progress, total, progressToken } }),
    log: (level, data) => extra.sendNotification({ method: "notifications/message", params: { level, data } }),
  };
}

function registerQuestions(server) {
  server.registerTool("ask", { inputSchema: z.object({ question: z.string() }) }, async ({ question }, extra) => {
    const requestedSchema = { type: "object", properties: { answer: { type: "string" } }, required: ["answer"] };
    const params = { mode: "form", message: question, requestedSchema };
    const answer = await extra.sendRequest({ method: "elicitation/create", params }, ElicitResultSchema);
    return text(`${answer.action}: ${JSON.stringify(answer.content ?? null)}`);
  });
  server.registerTool("ask-model", { inputSchema: z.object({ prompt: z.string() }) }, async ({ prompt }, extra) => {
    const params = { messages: [{ role: "user", content: { type: "text", text: prompt } }], maxTokens: 10 };
    const answer = await extra.sendRequest({ method: "sampling/createMessage", params }, CreateMessageResultSchema);
    return text(`${answer.model}: ${JSON.stringify(answer.content)}`);
  });
}

function registerChanges(server) {
  const subscribed = new Set();
  server.server.setRequestHandler(SubscribeRequestSchema, ({ params }) => (subscribed.add(params.uri), {}));
  server.server.setRequestHandler(UnsubscribeRequestSchema, ({ params }) => (subscribed.delete(params.uri), {}));
  server.registerTool("touch", { inputSchema: z.object({ uri: z.string() }) }, async ({ uri }) => {
    if (subscribed.has(uri)) await server.server.sendResourceUpdated({ uri });
    return text(`touched, ${subscribed.size} subscribed`);
  });
  server.registerTool("grow", { inputSchema: z.object({}) }, async () => {
    server.registerTool("grown", { inputSchema: z.object({}) }, async () => text("new here"));
    return text("one tool more");
  });
  server.registerTool("announce", { inputSchema: z.object({}) }, async (_, { sessionId }) => {
    for (const level of ["debug", "info", "warning", "error"]) {
      await server.sendLoggingMessage({ level, data: `said at ${level}` }, sessionId);
    }
    return text("announced");
  });
}

function makeServer() {
  const server = new McpServer(
    { name: "fixture", version: "1.0.0", title: "Fixture" },
    { capabilities: { logging: {}, resources: { subscribe: true } }, instructions: "Made for tests." },
  );
  registerFixture(server, { completable, ResourceTemplate, object: (shape) => shape }, view);
  registerQuestions(server);
  registerChanges(server);
  return server;
}

const withSessions = (options) =>
  sessions(async (keep, drop) => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => keep(id, transport),
      ...options(),
    });
    transport.onclose = () => drop(transport.sessionId);
    await makeServer().connect(transport);
    return transport;
  });

async function stateless(request, response) {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  await makeServer().connect(transport);
  await transport.handleRequest(request, response);
}

listen({
  "/v1/mcp": withSessions(() => ({ eventStore: new Events(), retryInterval: RETRY_MILLIS })),
  "/v1/json": withSessions(() => ({ enableJsonResponse: true })),
  "/v1/stateless": stateless,
});
