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

// What it simulates lasts for seconds, which is too long, but for the 350 ms after which it asks for the roots: the question
// is lost if the client does not listen by then, and on a busy machine that takes a while.
const wait = globalThis.setTimeout;
globalThis.setTimeout = (work, millis, ...rest) => wait(work, millis === 350 ? 3000 : millis / 5, ...rest);

// A task that was cancelled goes on for a while. What it then wants of a session that has ended would end the process.
process.on("unhandledRejection", () => {});

await import("./node_modules/@modelcontextprotocol/server-everything/dist/index.js");
