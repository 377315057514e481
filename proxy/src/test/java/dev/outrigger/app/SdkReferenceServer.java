package dev.outrigger.app;

import dev.outrigger.testing.RequiresTool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the official TypeScript client does at the reference server over either transport. */
@RequiresTool({"node", "npm:@modelcontextprotocol/sdk", "npm:@modelcontextprotocol/server-everything"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SdkReferenceServer {
    private final ScenarioClient client = ScenarioClient.node("everything-client.mjs");
    private ScenarioServer server;

    @BeforeAll
    void startServer() throws Exception {
        server = ScenarioServer.node("everything.mjs", transport());
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
    void tellsItsRoots() throws Exception {
        same("roots");
    }

    @Test
    void answersSampling() throws Exception {
        same("sampling");
    }

    @Test
    void answersElicitation() throws Exception {
        same("elicitation");
    }

    @Test
    void subscribesToChanges() throws Exception {
        same("subscriptions");
    }

    /** As the server calls it. */
    abstract String transport();

    abstract String path();

    final void same(String scenario) throws Exception {
        ScenarioProof.sameThroughTheSidecar(client, server, path(), scenario);
    }
}
