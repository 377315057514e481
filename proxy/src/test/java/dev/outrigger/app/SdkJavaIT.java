package dev.outrigger.app;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The official Java SDK on both sides, over Streamable HTTP with sessions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SdkJavaIT {
    private final ScenarioClient client = new SdkJavaClient();
    private ScenarioServer server;

    @BeforeAll
    void startServer(@TempDir Path directory) throws Exception {
        server = new SdkJavaServer(directory);
    }

    @AfterAll
    void stop() {
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
    void answersElicitationAndSampling() throws Exception {
        same("questions");
    }

    @Test
    void subscribesToChanges() throws Exception {
        same("subscriptions");
    }

    /** Where the server speaks the transport under test. */
    String endpoint() {
        return SdkJavaServer.STREAMABLE;
    }

    private void same(String scenario) throws Exception {
        ScenarioProof.sameThroughTheSidecar(client, server, endpoint(), scenario);
    }
}
