// The second generation of the official TypeScript client, as it is by default: with the revisions up to 2025-11-25.
import { plainScenarios, sessionScenarios } from "./calls.mjs";
import { serve } from "./peer.mjs";
import { opener } from "./v2-session.mjs";

const open = opener("legacy");

/** A client that would rather have spoken the newest revision; for a server that does not. */
async function fallback(url, t) {
  const session = await opener("auto")(url, t);
  t.note("protocol version", session.protocolVersion());
  await t.step("echo", () => session.call("echo", { message: "hello" }));
  await session.close();
}

await serve({ ...plainScenarios(open), ...sessionScenarios(open), fallback });
