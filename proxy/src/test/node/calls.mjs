// Scenarios that fit every client and our own server of either generation. `open` connects a client, see the clients' scripts.
import { randomUUID } from "node:crypto";

const TIMES = [1, 2, 3, 4, 5, 6, 7, 8];

/** Both generations throw what the request was ended with. */
const cancelled = (error) => `${error.message}`.includes("nobody waits any more");

export const plainScenarios = (open) => ({
  async tools(url, t) {
    const session = await open(url, t);
    const { client } = session;
    await t.step("list", () => client.listTools());
    await t.step("echo", () => session.call("echo", { message: 'grüße, "Welt" \u{1F30D} \\ \u0001' }));
    await t.step("structured", () => session.call("add", { a: 9007199254740991, b: 0.1 }));
    await t.step("parameter in a header", () => session.call("region", { region: "eu-west" }));
    await t.step("encoded parameter", () => session.call("region", { region: "Österreich" }));
    await t.step("tool error", () => session.call("fail", {}));
    await t.step("unknown tool", () => session.call("nowhere", {}));
    await t.step("invalid arguments", () => session.call("add", { a: "one" }));
    await t.step("large", () => session.call("large", { characters: 300_000 }));
    await t.step("large request", () => session.call("echo", { message: "x".repeat(200_000) }));
    await t.step("at once", () => Promise.all(TIMES.map((n) => session.call("echo", { message: `number ${n}` }))));
    await session.close();
  },

  async resources(url, t) {
    const session = await open(url, t);
    const { client } = session;
    await t.step("list", () => client.listResources());
    await t.step("templates", () => client.listResourceTemplates());
    await t.step("text", () => client.readResource({ uri: "test://greeting" }));
    await t.step("blob", () => client.readResource({ uri: "test://picture" }));
    await t.step("from a template", () => client.readResource({ uri: "test://letter/anna" }));
    await t.step("unknown", () => client.readResource({ uri: "test://nowhere" }));
    await session.close();
  },

  async prompts(url, t) {
    const session = await open(url, t);
    const { client } = session;
    await t.step("list", () => client.listPrompts());
    await t.step("plain", () => client.getPrompt({ name: "plain" }));
    await t.step("with arguments", () => client.getPrompt({ name: "translate", arguments: { language: "Greek" } }));
    await t.step("unknown", () => client.getPrompt({ name: "nowhere" }));
    await session.close();
  },

  async completion(url, t) {
    const session = await open(url, t);
    const complete = (ref, name, value) => session.client.complete({ ref, argument: { name, value } });
    await t.step("of a prompt", () => complete({ type: "ref/prompt", name: "translate" }, "language", "G"));
    await t.step("of a template", () => complete({ type: "ref/resource", uri: "test://letter/{name}" }, "name", "an"));
    await t.step("of nothing", () => complete({ type: "ref/prompt", name: "nowhere" }, "language", "G"));
    await session.close();
  },

  async progress(url, t) {
    const session = await open(url, t);
    const seen = [];
    await t.step("count", () => session.call("count", { to: 20 }, { onprogress: (p) => seen.push(p) }));
    t.note("progress", seen);
    await session.close();
  },

  async elicitation(url, t) {
    const answers = [{ action: "accept", content: { answer: "blue" } }, { action: "decline" }, { action: "cancel" }];
    const asked = [];
    const session = await open(url, t, {
      "elicitation/create": ({ params }) => {
        asked.push(params);
        return answers[asked.length - 1];
      },
    });
    for (const { action } of answers) await t.step(action, () => session.call("ask", { question: `will you ${action}?` }));
    t.note("asked", asked);
    await session.close();
  },

  async sampling(url, t) {
    const session = await open(url, t, {
      "sampling/createMessage": ({ params }) => {
        t.note("sampled", params);
        return { role: "assistant", model: "none", content: { type: "text", text: "a very long story" } };
      },
    });
    await t.step("ask the model", () => session.call("ask-model", { prompt: "tell me a story" }));
    await session.close();
  },

  async cancellation(url, t) {
    const session = await open(url, t);
    const key = randomUUID();
    const leaving = new AbortController();
    const onprogress = () => leaving.abort("nobody waits any more");
    const left = session.call("hang", { key }, { signal: leaving.signal, onprogress });
    t.note("the client stops waiting", await left.then(() => "answered", (error) => (cancelled(error) ? "cancelled" : `${error}`)));
    await t.step("the server was told", () => session.call("aborted", { key }));
    await t.step("others go on", () => session.call("echo", { message: "still here" }));
    await session.close();
  },
});

/** What only sessions have. */
export const sessionScenarios = (open) => ({
  async initialize(url, t) {
    const session = await open(url, t);
    const { client } = session;
    t.note("server", [client.getServerVersion(), client.getServerCapabilities(), client.getInstructions()]);
    t.note("protocol version", session.protocolVersion());
    await t.step("ping", () => client.ping());
    await session.close();
  },

  async logging(url, t) {
    const session = await open(url, t);
    await session.listening();
    await t.step("related to a call", () => session.call("log", {}));
    await t.step("set level", () => session.client.setLoggingLevel("warning"));
    await t.step("announce", () => session.call("announce", {}));
    await t.arrived("notifications/message", 5);
    await session.close();
  },

  async subscriptions(url, t) {
    const session = await open(url, t);
    await session.listening();
    const uri = "test://greeting";
    await t.step("not subscribed", () => session.call("touch", { uri }));
    await t.step("subscribe", () => session.client.subscribeResource({ uri }));
    await t.step("subscribed", () => session.call("touch", { uri }));
    await t.arrived("notifications/resources/updated");
    await t.step("unsubscribe", () => session.client.unsubscribeResource({ uri }));
    await t.step("no more subscribed", () => session.call("touch", { uri }));
    await t.step("grow", () => session.call("grow", {}));
    await t.arrived("notifications/tools/list_changed");
    await t.step("call what is new", () => session.call("grown", {}));
    await session.close();
  },

  async resumptionAfterTheServerClosed(url, t) {
    await resume(open, url, t, "close-stream");
  },

  async resumptionAfterACut(url, t) {
    await resume(open, url, t, "cut");
  },

  async resumptionByAnotherClient(url, t) {
    const first = await open(url, t);
    const key = randomUUID();
    const tokens = [];
    const held = first.call("hold", { key }, { onprogress: () => {}, onresumptiontoken: (token) => tokens.push(token) });
    held.catch(() => {});
    await t.arrived("notifications/progress");
    const { sessionId, protocolVersion } = first.leave();
    const second = await open(url, t, {}, { sessionId, protocolVersion });
    await t.step("release", () => second.call("release", { key }));
    const answered = second.answer();
    await second.transport.resumeStream(tokens.at(-1));
    t.note("the answer to a call of the first client", await answered);
    await second.close();
  },

  async leaving(url, t) {
    const session = await open(url, t);
    await session.listening();
    await t.step("echo", () => session.call("echo", { message: "good-bye" }));
    session.leave();
  },

  async deletion(url, t) {
    const session = await open(url, t);
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-session-id": session.transport.sessionId,
      "mcp-protocol-version": session.protocolVersion(),
    };
    await session.close();
    const body = '{"jsonrpc":"2.0","id":77,"method":"tools/list"}';
    const answer = await fetch(url, { method: "POST", headers, body });
    t.note("afterwards", [answer.status, await answer.text()]);
  },
});

async function resume(open, url, t, end) {
  const session = await open(url, t);
  const key = randomUUID();
  const seen = [];
  const meanwhile = [];
  let ended;
  const onprogress = (progress) => {
    seen.push(progress);
    ended ??= (async () => {
      meanwhile.push(await session.call(end, { key }));
      meanwhile.push(await session.call("release", { key }));
    })();
  };
  await t.step("hold", () => session.call("hold", { key }, { onprogress }));
  await ended;
  t.note("progress", seen);
  t.note("meanwhile", meanwhile);
  await session.close();
}
