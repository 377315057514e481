// The first generation of the official TypeScript client at the reference server: on Streamable HTTP at `/mcp`, on the older
// transport of two endpoints at `/sse`.
import { everythingScenarios } from "./everything-calls.mjs";
import { serve } from "./peer.mjs";
import { openSse, openStreamable } from "./v1-session.mjs";

const open = (url, ...more) => (new URL(url).pathname === "/sse" ? openSse : openStreamable)(url, ...more);

await serve(everythingScenarios(open));
