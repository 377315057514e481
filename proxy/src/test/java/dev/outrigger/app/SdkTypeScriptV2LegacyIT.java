package dev.outrigger.app;

import dev.outrigger.testing.RequiresTool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The second generation of the official TypeScript SDK on both sides, with the sessions of revisions up to 2025-11-25. */
@RequiresTool({"node", "npm:@modelcontextprotocol/client", "npm:@modelcontextprotocol/server"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SdkTypeScriptV2LegacyIT {
    private final ScenarioClient client = ScenarioClient.node("v2-legacy-client.mjs");
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
    void initializes() throws Exception {
        same("initialize");
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
    void seesLogMessages() throws Exception {
        same("logging");
    }

    @Test
    void subscribesToChanges() throws Exception {
        same("subscriptions");
    }

    @Test
    void resumesAStreamThatTheServerClosedEarly() throws Exception {
        same("resumptionAfterTheServerClosed");
    }

    @Test
    void resumesAStreamThatWasCut() throws Exception {
        same("resumptionAfterACut");
    }

    @Test
    void resumesAStreamOfAClientThatLeft() throws Exception {
        same("resumptionByAnotherClient");
    }

    @Test
    void leavesWithoutEndingTheSession() throws Exception {
        same("leaving");
    }

    @Test
    void endsTheSession() throws Exception {
        same("deletion");
    }

    @Test
    void fallsBackAtAServerThatDoesNotKnowTheNewestRevision() throws Exception {
        try (ScenarioServer older = ScenarioServer.node("v1-server.mjs")) {
            ScenarioProof.sameThroughTheSidecar(client, older, "/v1/mcp", "fallback");
        }
    }

    private void same(String scenario) throws Exception {
        ScenarioProof.sameThroughTheSidecar(client, server, "/v2/mcp", scenario);
    }
}
