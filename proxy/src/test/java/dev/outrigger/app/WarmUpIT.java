package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.outrigger.app.ScriptedUpstream.Script;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The warm-up as seen by everybody else: not at all. */
@Timeout(120)
class WarmUpIT {
    @TempDir
    private Path directory;

    @Test
    void nobodySeesTheWarmUp() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        Script counting = connection -> {
            connection.readRequest();
            requests.incrementAndGet();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(counting);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "lifecycle.warm-up = on")) {
            assertEquals(200, sidecar.status("/ready").statusCode());
            assertEquals(0, requests.get());
            String metrics = sidecar.status("/metrics").body();
            assertFalse(metrics.contains("look-up"), metrics);
            assertFalse(metrics.contains("warm-up"), metrics);
            assertEquals(0, sidecar.metric("http_requests_total"));
            assertEquals(0, sidecar.metric("mcp_sessions_active"));
            assertFalse(sidecar.admin("/upstreams").body().contains("warm-up"));
        }
    }

    @Test
    void trainingEndsInOrder() throws Exception {
        try (SidecarProcess training = SidecarProcess.start(directory, "train")) {
            assertEquals(0, training.awaitExit(), training.output());
            assertEquals("", training.output());
        }
    }
}
