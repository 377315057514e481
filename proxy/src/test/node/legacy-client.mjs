// The official TypeScript client (protocol revisions up to 2025-11-25) against the URL in argv[2].
// Prints one JSON object with what it saw; exits 1 on any surprise.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const transport = new StreamableHTTPClientTransport(new URL(process.argv[2]));
const client = new Client({ name: "outrigger-test", version: "1" });
await client.connect(transport);
const tools = (await client.listTools()).tools.map((tool) => tool.name);
const echo = await client.callTool({ name: "echo", arguments: { message: "through the sidecar" } });

// Each notification is stamped on arrival; the call must still be running when all but the last arrive.
const progress = [];
let running = true;
await client.callTool(
  { name: "trigger-long-running-operation", arguments: { duration: 4, steps: 4 } },
  undefined,
  { onprogress: (p) => progress.push({ progress: p.progress, total: p.total, running, at: Date.now() }) },
);
running = false;
const session = transport.sessionId ?? null;
await transport.terminateSession();
await client.close();
console.log(JSON.stringify({ tools, echo: echo.content, progress, session: session !== null }));
process.exit(0);
