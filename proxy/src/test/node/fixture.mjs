// What both generations of our own test server offer, so that one set of scenarios fits both.
import * as z from "zod";
import { connection } from "./listen.mjs";
import { deferred } from "./transcript.mjs";

const ABORT_DEADLINE_MILLIS = 5_000;

/** Calls that go on until somebody else does something, by their key. */
const held = new Map();

function hold(key) {
  if (!held.has(key)) held.set(key, { released: deferred(), aborted: deferred() });
  return held.get(key);
}

export const text = (value) => ({ content: [{ type: "text", text: value }] });

/** Cursors for resumption that stand for a place in a stream, as the protocol wants them. */
export class Events {
  #stored = [];

  async storeEvent(stream, message) {
    this.#stored.push({ stream, message });
    return `${stream}/${this.#stored.length}`;
  }

  async getStreamIdForEventId(id) {
    return id.slice(0, id.lastIndexOf("/"));
  }

  async replayEventsAfter(id, { send }) {
    const stream = await this.getStreamIdForEventId(id);
    const from = Number(id.slice(id.lastIndexOf("/") + 1));
    for (const [at, event] of this.#stored.entries()) {
      // The event that only primes a stream has no message.
      const isMessage = Object.keys(event.message).length > 0;
      if (at >= from && event.stream === stream && isMessage) await send(`${stream}/${at + 1}`, event.message);
    }
    return stream;
  }
}

/**
 * Registers what needs nothing but the request.
 *
 * @param kit the SDK's `completable` and `ResourceTemplate`, and `object`, which makes a schema of a prompt's arguments
 * @param view from a handler's context: `progress(n, total)`, `log(level, data)`, `signal`, `closeStream()`
 */
export function registerFixture(server, kit, view) {
  registerPlainTools(server);
  registerStreamingTools(server, view);
  registerHeldTools(server, view);
  registerResources(server, kit);
  registerPrompts(server, kit);
}

function registerPlainTools(server) {
  server.registerTool(
    "echo",
    { title: "Echo", description: "Says it again", inputSchema: z.object({ message: z.string() }), annotations: { readOnlyHint: true } },
    async ({ message }) => text(message),
  );
  server.registerTool(
    "add",
    { inputSchema: z.object({ a: z.number(), b: z.number() }), outputSchema: z.object({ sum: z.number() }) },
    async ({ a, b }) => ({ ...text(`${a + b}`), structuredContent: { sum: a + b } }),
  );
  server.registerTool(
    "region",
    { inputSchema: z.object({ region: z.string().meta({ "x-mcp-header": "Region" }) }) },
    async ({ region }) => text(`in ${region}`),
  );
  server.registerTool("fail", { inputSchema: z.object({}) }, async () => ({ ...text("it went wrong"), isError: true }));
  server.registerTool("large", { inputSchema: z.object({ characters: z.number() }) }, async ({ characters }) =>
    text("0123456789abcdef".repeat(characters / 16)),
  );
}

function registerStreamingTools(server, view) {
  server.registerTool("count", { inputSchema: z.object({ to: z.number() }) }, async ({ to }, context) => {
    for (let n = 1; n <= to; n++) await view(context).progress(n, to);
    return text(`counted to ${to}`);
  });
  server.registerTool("log", { inputSchema: z.object({}) }, async (_, context) => {
    await view(context).log("debug", "a detail");
    await view(context).log("info", { what: "an object", großes: "Wort" });
    await view(context).log("error", "a fault");
    return text("logged");
  });
}

function registerHeldTools(server, view) {
  const byKey = { inputSchema: z.object({ key: z.string() }) };
  server.registerTool("hold", byKey, async ({ key }, context) => {
    Object.assign(hold(key), { socket: connection(), closeStream: view(context).closeStream });
    await view(context).progress(1, 2);
    await hold(key).released.promise;
    await view(context).progress(2, 2);
    held.delete(key);
    return text("held and released");
  });
  server.registerTool("release", byKey, async ({ key }) => {
    hold(key).released.resolve();
    return text("released");
  });
  server.registerTool("cut", byKey, async ({ key }) => {
    hold(key).socket.destroy();
    return text("cut");
  });
  server.registerTool("close-stream", byKey, async ({ key }) => {
    hold(key).closeStream();
    return text("closed");
  });
  server.registerTool("hang", byKey, async ({ key }, context) => {
    const { signal, progress } = view(context);
    signal.addEventListener("abort", () => hold(key).aborted.resolve("aborted"));
    await progress(1, 2);
    await hold(key).aborted.promise;
    return text("nobody reads this");
  });
  server.registerTool("aborted", byKey, async ({ key }) => {
    const late = setTimeout(() => hold(key).aborted.resolve("still running"), ABORT_DEADLINE_MILLIS);
    const outcome = await hold(key).aborted.promise;
    clearTimeout(late);
    return text(outcome);
  });
}

function registerResources(server, { ResourceTemplate }) {
  server.registerResource("greeting", "test://greeting", { mimeType: "text/plain" }, async (uri) => ({
    contents: [{ uri: uri.href, mimeType: "text/plain", text: "grüß dich" }],
  }));
  server.registerResource("picture", "test://picture", { mimeType: "image/png" }, async (uri) => ({
    contents: [{ uri: uri.href, mimeType: "image/png", blob: Buffer.alloc(3000, 7).toString("base64") }],
  }));
  server.registerResource(
    "letter",
    new ResourceTemplate("test://letter/{name}", {
      list: undefined,
      complete: { name: (value) => ["anna", "anton", "berta"].filter((name) => name.startsWith(value)) },
    }),
    { mimeType: "text/plain" },
    async (uri, { name }) => ({ contents: [{ uri: uri.href, mimeType: "text/plain", text: `Dear ${name}` }] }),
  );
}

function registerPrompts(server, { completable, object }) {
  server.registerPrompt("plain", { description: "Without arguments" }, async () => ({
    messages: [{ role: "user", content: { type: "text", text: "Say something." } }],
  }));
  server.registerPrompt(
    "translate",
    {
      argsSchema: object({
        language: completable(z.string(), (value) => ["German", "Greek", "Welsh"].filter((name) => name.startsWith(value))),
      }),
    },
    async ({ language }) => ({
      messages: [{ role: "user", content: { type: "text", text: `Into ${language}, please.` } }],
    }),
  );
}
