package dev.outrigger.app;

import dev.outrigger.testing.RequiresTool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The second generation of the official TypeScript SDK on both sides, with the revision of 2026-07-28. */
@RequiresTool({"node", "npm:@modelcontextprotocol/client", "npm:@modelcontextprotocol/server"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SdkTypeScriptV2ModernIT {
    private final ScenarioClient client = ScenarioClient.node("v2-modern-client.mjs");
    private ScenarioServer server;

    @BeforeAll
    void startServer() throws Exception {
        server = ScenarioServer.node("v2-server.mjs");
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void discoversTheServer() throws Exception {
        same("discover");
    }

    @Test
    void listsAndCallsTools() throws Exception {
        same("tools");
    }

    @Test
    void readsResources() throws Exception {
        same("resources");
    }

    @Test
    void getsPrompts() throws Exception {
        same("prompts");
    }

    @Test
    void completesArguments() throws Exception {
        same("completion");
    }

    @Test
    void seesProgress() throws Exception {
        same("progress");
    }

    @Test
    void answersElicitation() throws Exception {
        same("elicitation");
    }

    @Test
    void answersSampling() throws Exception {
        same("sampling");
    }

    @Test
    void cancelsACall() throws Exception {
        same("cancellation");
    }

    @Test
    void seesLogMessagesFromTheLevelItAskedFor() throws Exception {
        same("logging");
    }

    @Test
    void listensToChanges() throws Exception {
        same("subscriptions");
    }

    @Test
    void listensUntilTheServerEndsIt() throws Exception {
        same("subscriptionsEndedByTheServer");
    }

    @Test
    void givesInputByHand() throws Exception {
        same("inputRequired");
    }

    @Test
    void isRefusedByTheServerInItsOwnWords() throws Exception {
        same("refusals");
    }

    private void same(String scenario) throws Exception {
        ScenarioProof.sameThroughTheSidecar(client, server, "/v2/mcp", scenario);
    }
}
