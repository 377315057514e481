// A server made with the second generation of the official TypeScript SDK: `/v2/mcp` speaks 2026-07-28 without sessions and
// the revisions before it with sessions and resumption; `/v2/ending` has subscriptions that the server ends.
import { randomUUID } from "node:crypto";
import { NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from "@modelcontextprotocol/node";
import {
  acceptedContent,
  completable,
  createMcpHandler,
  inputRequired,
  inputResponse,
  isLegacyRequest,
  McpServer,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import { Events, registerFixture, text } from "./fixture.mjs";
import { listen, readJson, sessions } from "./listen.mjs";

const RETRY_MILLIS = 20;
const ANSWER = z.object({ answer: z.string() });

function view(context) {
  const progressToken = context.mcpReq._meta?.progressToken;
  return {
    signal: context.mcpReq.signal,
    closeStream: context.http?.closeSSE,
    progress: async (progress, total) =>
      progressToken === undefined
        ? undefined
        : context.mcpReq.notify({ method: "notifications/progress", params: { progress, total, progressToken } }),
    log: (level, data) => context.mcpReq.log(level, data),
  };
}

/** Both need the client: by requests of the server before 2026-07-28, by an answer that asks for input since. */
function registerQuestions(server) {
  server.registerTool("ask", { inputSchema: z.object({ question: z.string() }) }, async ({ question }, { mcpReq }) => {
    const given = inputResponse(mcpReq.inputResponses, "answer");
    if (given.kind === "missing") {
      return inputRequired({
        inputRequests: { answer: inputRequired.elicit({ message: question, requestedSchema: ANSWER }) },
        requestState: `state of “${question}”`,
      });
    }
    const content = acceptedContent(mcpReq.inputResponses, "answer", ANSWER);
    return text(`${given.action}: ${JSON.stringify(content ?? null)}`);
  });
  server.registerTool("ask-model", { inputSchema: z.object({ prompt: z.string() }) }, async ({ prompt }, { mcpReq }) => {
    const given = inputResponse(mcpReq.inputResponses, "answer");
    if (given.kind === "missing") {
      const messages = [{ role: "user", content: { type: "text", text: prompt } }];
      return inputRequired({ inputRequests: { answer: inputRequired.createMessage({ messages, maxTokens: 10 }) } });
    }
    return text(`${given.result.model}: ${JSON.stringify(given.result.content)}`);
  });
}

function registerChanges(server) {
  const subscribed = new Set();
  server.server.setRequestHandler("resources/subscribe", ({ params }) => (subscribed.add(params.uri), {}));
  server.server.setRequestHandler("resources/unsubscribe", ({ params }) => (subscribed.delete(params.uri), {}));
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

/** Without sessions, changes reach whoever listens. */
function registerPublishing(server) {
  server.registerTool("touch", { inputSchema: z.object({ uri: z.string() }) }, async ({ uri }) => {
    modern.notify.resourceUpdated(uri);
    return text("touched");
  });
  server.registerTool("grow", { inputSchema: z.object({}) }, async () => {
    modern.notify.toolsChanged();
    return text("said so");
  });
  server.registerTool("end-listening", { inputSchema: z.object({}) }, async () => {
    await ending.close();
    ending = makeHandler();
    return text("ended");
  });
}

function makeServer(era) {
  const server = new McpServer(
    { name: "fixture", version: "2.0.0", title: "Fixture" },
    {
      capabilities: { logging: {}, tools: { listChanged: true }, resources: { subscribe: true, listChanged: true } },
      instructions: "Made for tests.",
    },
  );
  registerFixture(server, { completable, ResourceTemplate, object: z.object }, view);
  registerQuestions(server);
  if (era === "modern") registerPublishing(server);
  else registerChanges(server);
  return server;
}

const makeHandler = () => createMcpHandler(({ era }) => makeServer(era), { legacy: "reject" });
const modern = makeHandler();
const modernHandler = toNodeHandler(modern);
let ending = makeHandler();

const legacyHandler = sessions(async (keep, drop) => {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: new Events(),
    retryInterval: RETRY_MILLIS,
    onsessioninitialized: (id) => keep(id, transport),
  });
  transport.onclose = () => drop(transport.sessionId);
  await makeServer("legacy").connect(transport);
  return transport;
});

listen({
  "/v2/mcp": async (request, response) => {
    const body = await readJson(request);
    const legacy = await isLegacyRequest(await toWebRequest(request, body), body);
    await (legacy ? legacyHandler : modernHandler)(request, response, body);
  },
  "/v2/ending": (request, response) => toNodeHandler(ending)(request, response),
});
