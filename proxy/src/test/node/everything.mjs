// The reference server with every feature, on a free port; argv[2] is its transport, `streamableHttp` or `sse`.
import { Server } from "node:net";
import { announce } from "./listen.mjs";

// It binds a fixed port of every interface, and writes its log to standard output.
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ready) {
  return listen.call(this, 0, "127.0.0.1", () => {
    announce(this.address().port);
    ready?.();
  });
};
console.log = () => {};
console.error = () => {};

// What it simulates lasts for seconds, which is too long, but for two things that a client on a busy machine may be late for:
// the stages of a research, whose state is asked for in the first one, and the question for the roots, which is lost if
// nobody listens yet.
const STAGE = 1000;
const QUESTION_FOR_ROOTS = 350;
const scaled = (millis) => (millis === STAGE ? STAGE : millis === QUESTION_FOR_ROOTS ? 3000 : millis / 5);
const wait = globalThis.setTimeout;
globalThis.setTimeout = (work, millis, ...rest) => wait(work, scaled(millis), ...rest);

await import("./node_modules/@modelcontextprotocol/server-everything/dist/index.js");
