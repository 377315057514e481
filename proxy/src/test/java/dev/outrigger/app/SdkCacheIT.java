package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official Java client can not tell a kept answer from the server's own. */
class SdkCacheIT {
    private static final String CACHE = "cache { ttl = 5m, tools = [echo, large, fail, nowhere],"
            + " methods = [tools/list, resources/list, resources/templates/list, resources/read] }";

    @Test
    void whatIsKeptLooksToAClientLikeWhatTheServerSays(@TempDir Path directory) throws Exception {
        SdkJavaClient client = new SdkJavaClient();
        try (SdkJavaServer server = new SdkJavaServer(directory);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(server.port(), CACHE)) {
            for (String scenario : new String[] {"tools", "resources"}) {
                String direct = client.run(scenario, ScenarioProof.uri(server.port(), SdkJavaServer.STREAMABLE));
                for (int i = 0; i < 2; i++) {
                    assertEquals(direct, client.run(scenario, sidecar.uri(SdkJavaServer.STREAMABLE)));
                }
            }
            // Of tools: the list and two calls that succeed and are not too long; of resources: two lists and two
            // readings.
            assertEquals(7, sidecar.metric("mcp_cache_hits_total"));
            assertEquals(7, sidecar.metric("mcp_cache_entries"));
        }
    }
}
