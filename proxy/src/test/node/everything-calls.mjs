// Scenarios for the reference server, for a client of the first generation on either of its transports. What tools there are
// depends on what the client can answer; each scenario lists them before it calls one that others may not have seen.
const accepted = (content) => ({ action: "accept", content });

export const everythingScenarios = (open) => ({
  async initialize(url, t) {
    const session = await open(url, t);
    const { client } = session;
    t.note("server", [client.getServerVersion(), client.getServerCapabilities(), client.getInstructions()]);
    await t.step("ping", () => client.ping());
    await session.close();
  },

  async tools(url, t) {
    const session = await open(url, t);
    await t.step("list", () => session.client.listTools());
    await t.step("echo", () => session.call("echo", { message: "grüße, \u{1F30D}" }));
    await t.step("sum", () => session.call("get-sum", { a: 40, b: 2 }));
    await t.step("structured", () => session.call("get-structured-content", { location: "Chicago" }));
    await t.step("annotated", () =>
      session.call("get-annotated-message", { messageType: "error", includeImage: true }),
    );
    await t.step("image", () => session.call("get-tiny-image", {}));
    await t.step("links", () => session.call("get-resource-links", { count: 3 }));
    await t.step("tool error", () => session.call("get-sum", { a: "forty" }));
    await t.step("unknown tool", () => session.call("nowhere", {}));
    await session.close();
  },

  async resources(url, t) {
    const session = await open(url, t);
    const { client } = session;
    await t.step("list", () => client.listResources());
    await t.step("templates", () => client.listResourceTemplates());
    const read = (uri) => client.readResource({ uri });
    await t.step("static", () => read("demo://resource/static/document/features.md"));
    await t.step("dynamic", () => read("demo://resource/dynamic/text/7"));
    await t.step("unknown", () => read("demo://resource/nowhere"));
    await session.close();
  },

  async prompts(url, t) {
    const session = await open(url, t);
    const { client } = session;
    await t.step("list", () => client.listPrompts());
    await t.step("simple", () => client.getPrompt({ name: "simple-prompt" }));
    await t.step("arguments", () => client.getPrompt({ name: "args-prompt", arguments: { city: "Köln", state: "NRW" } }));
    await t.step("missing argument", () => client.getPrompt({ name: "args-prompt" }));
    await session.close();
  },

  async completion(url, t) {
    const session = await open(url, t);
    const ref = { type: "ref/prompt", name: "completable-prompt" };
    const complete = (name, value, context) => session.client.complete({ ref, argument: { name, value }, context });
    await t.step("department", () => complete("department", "S"));
    await t.step("name", () => complete("name", "", { arguments: { department: "Sales" } }));
    await session.close();
  },

  async progress(url, t) {
    const session = await open(url, t);
    const seen = [];
    const options = { onprogress: (progress) => seen.push(progress) };
    await t.step("long", () => session.call("trigger-long-running-operation", { duration: 2, steps: 8 }, options));
    t.note("progress", seen);
    await session.close();
  },

  async roots(url, t) {
    const roots = [{ uri: "file:///tmp/one", name: "one" }];
    const session = await open(url, t, { "roots/list": () => ({ roots }) });
    await t.arrived("notifications/message", 1);
    roots.push({ uri: "file:///tmp/two" });
    await session.client.sendRootsListChanged();
    await t.arrived("notifications/message", 2);
    await t.step("list", () => session.client.listTools());
    await t.step("what the server knows", () => session.call("get-roots-list", {}));
    await session.close();
  },

  async sampling(url, t) {
    const session = await open(url, t, {
      "sampling/createMessage": () => ({ role: "assistant", model: "none", content: { type: "text", text: "a story" } }),
    });
    await t.step("list", () => session.client.listTools());
    await t.step("sample", () => session.call("trigger-sampling-request", { prompt: "tell me", maxTokens: 20 }));
    await session.close();
  },

  async elicitation(url, t) {
    const answers = [accepted({ name: "Ada", check: true }), { action: "decline" }, { action: "accept" }];
    const session = await open(url, t, { "elicitation/create": () => answers.shift() });
    await t.step("list", () => session.client.listTools());
    await t.step("accepted", () => session.call("trigger-elicitation-request", {}));
    await t.step("declined", () => session.call("trigger-elicitation-request", {}));
    const elsewhere = { url: "https://example.com/consent", message: "look there", elicitationId: "one" };
    await t.step("elsewhere", () => session.call("trigger-url-elicitation", elsewhere));
    await t.step("required before", () =>
      session.call("trigger-url-elicitation", { ...elsewhere, elicitationId: "two", errorPath: true }),
    );
    await session.close();
  },

  async subscriptions(url, t) {
    const session = await open(url, t);
    await session.listening();
    const uri = "demo://resource/dynamic/text/1";
    await t.step("subscribe", () => session.client.subscribeResource({ uri }));
    await t.arrived("notifications/message");
    await t.step("updates on", () => session.call("toggle-subscriber-updates", {}));
    await t.arrived("notifications/resources/updated");
    await t.step("updates off", () => session.call("toggle-subscriber-updates", {}));
    await t.step("unsubscribe", () => session.client.unsubscribeResource({ uri }));
    await t.arrived("notifications/message", 2);
    const data = "data:text/plain;base64,SGVsbG8=";
    await t.step("one resource more", () => session.call("gzip-file-as-resource", { name: "hello.gz", data }));
    await t.arrived("notifications/resources/list_changed");
    await session.close();
  },

  async tasks(url, t) {
    const session = await open(url, t, {
      "elicitation/create": () => accepted({ interpretation: "snake" }),
    });
    const { tasks } = session.client.experimental;
    await session.client.listTools();
    const research = (topic) => ({ name: "simulate-research-query", arguments: { topic, ambiguous: true } });
    const cancelled = tasks.callToolStream(research("snakes"), undefined, { task: { ttl: 60_000 } });
    const { task } = (await cancelled.next()).value;
    await t.step("get", () => tasks.getTask(task.taskId));
    await t.step("list", () => tasks.listTasks());
    await t.step("cancel", () => tasks.cancelTask(task.taskId));
    await cancelled.return();
    const seen = [];
    // How often the state is asked for depends on the clock.
    for await (const message of tasks.callToolStream(research("python"), undefined, { task: { ttl: 60_000 } })) {
      if (message.type !== "taskStatus") seen.push(message);
    }
    t.note("seen", seen);
    // How far the cancelled one still goes does, too.
    t.leaveOut(({ method, params }) => method === "notifications/tasks/status" && params.taskId === task.taskId);
    await session.close();
  },
});
