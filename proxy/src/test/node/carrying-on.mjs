// Applications that live longer than the sessions of their servers, each with an official TypeScript client of either
// generation: `node carrying-on.mjs URL`. For each line on standard input all of them make one call at once, and a line of JSON
// tells for each which replica has answered, in which session, and with which status the session before was over, if it was.
// A session that is over (404) has to be followed by another one, says the specification; the SDKs leave that to the
// application: it connects another client and makes its call again.
import { createInterface } from "node:readline";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from "@modelcontextprotocol/client";
import { RECONNECTION } from "./session.mjs";

const EACH = 4;
const DEADLINE_MILLIS = 20_000;

const url = new URL(process.argv[2]);
const options = { reconnectionOptions: RECONNECTION };
const SDKS = [
  () => [new ClientV1({ name: "outrigger-test", version: "1" }), new TransportV1(url, options)],
  () => [
    new ClientV2({ name: "outrigger-test", version: "2" }, { versionNegotiation: { mode: "legacy" } }),
    new TransportV2(url, options),
  ],
];

class Application {
  #sdk;
  #client;
  #transport;

  constructor(sdk) {
    this.#sdk = sdk;
  }

  async connect() {
    [this.#client, this.#transport] = this.#sdk();
    // Their streams are gone with the server, and come back or not; calls tell.
    this.#client.onerror = () => {};
    await this.#client.connect(this.#transport);
  }

  async call() {
    try {
      return await this.#ask();
    } catch (error) {
      const lost = error.code === 404 || error.status === 404 || error.data?.status === 404;
      if (!lost) throw error;
      await this.#client.close();
      await this.connect();
      return { ...(await this.#ask()), lost: 404 };
    }
  }

  async #ask() {
    const { content } = await this.#client.callTool({ name: "get-env", arguments: {} });
    return { replica: JSON.parse(content[0].text).REPLICA, session: this.#transport.sessionId };
  }
}

function surprise(error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
}

process.on("uncaughtException", surprise);
process.on("unhandledRejection", surprise);

const applications = Array.from({ length: EACH * SDKS.length }, (_, i) => new Application(SDKS[i % SDKS.length]));
await Promise.all(applications.map((application) => application.connect()));
for await (const line of createInterface({ input: process.stdin })) {
  const deadline = setTimeout(() => surprise(new Error(`${line} takes too long`)), DEADLINE_MILLIS);
  process.stdout.write(`${JSON.stringify({ calls: await Promise.all(applications.map((one) => one.call())) })}\n`);
  clearTimeout(deadline);
}
process.exit(0);
