package dev.outrigger.app;

import dev.outrigger.testing.RequiresTool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The first generation of the official TypeScript SDK on both sides, with sessions and streams that can be resumed. */
@RequiresTool({"node", "npm:@modelcontextprotocol/sdk"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SdkTypeScriptV1IT {
    private static final String STREAMING = "/v1/mcp";

    private final ScenarioClient client = ScenarioClient.node("v1-client.mjs");
    private ScenarioServer server;

    @BeforeAll
    void startServer() throws Exception {
        server = ScenarioServer.node("v1-server.mjs");
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
    void seesLogMessages() throws Exception {
        same("logging");
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
    void subscribesToChanges() throws Exception {
        same("subscriptions");
    }

    @Test
    void cancelsACall() throws Exception {
        same("cancellation");
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
    void sendsBatches() throws Exception {
        same("batch");
    }

    @Test
    void sendsBatchesThatAreAnsweredInPlainJson() throws Exception {
        ScenarioProof.sameThroughTheSidecar(client, server, "/v1/json", "batch");
    }

    @Test
    void getsAnswersInPlainJson() throws Exception {
        ScenarioProof.sameThroughTheSidecar(client, server, "/v1/json", "tools");
    }

    @Test
    void worksWithoutSessions() throws Exception {
        ScenarioProof.sameThroughTheSidecar(client, server, "/v1/stateless", "tools");
    }

    @Test
    void isRefusedByTheServerInItsOwnWords() throws Exception {
        same("malformed");
    }

    private void same(String scenario) throws Exception {
        ScenarioProof.sameThroughTheSidecar(client, server, STREAMING, scenario);
    }
}
