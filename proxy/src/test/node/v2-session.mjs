// Connects the second generation of the official TypeScript client, in the era that is asked for.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { capabilities, RECONNECTION, Session } from "./session.mjs";

class V2Session extends Session {
  call(name, args, options) {
    return this.client.callTool({ name, arguments: args }, options);
  }
}

/** @param mode `legacy`, `auto`, or `{ pin: REVISION }` */
export const opener =
  (mode) =>
  async (url, t, answers = {}, resumed = {}) => {
    const client = new Client(
      { name: "outrigger-test", version: "2" },
      { capabilities: capabilities(answers), versionNegotiation: { mode } },
    );
    const session = new V2Session(client, t);
    for (const [method, answer] of Object.entries(answers)) client.setRequestHandler(method, answer);
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      ...resumed,
      fetch: session.fetch,
      reconnectionOptions: RECONNECTION,
    });
    await client.connect(session.watch(transport));
    t.hide(transport.sessionId, "session");
    return session;
  };
