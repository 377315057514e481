package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The status and the admin port, moved and guarded by a reload that is asked for over the admin port itself. */
@Timeout(180)
class OperationsPortsReloadIT {
    private static final String BODY = "upstreams.app { endpoints = [\"127.0.0.1:9\"], health-check.type = none }\n"
            + "routes = [{ name = all, match { path-prefix = \"/\" }, upstream = app }]\n";

    @TempDir
    private Path directory;

    private FileSidecar sidecar() throws IOException {
        return new FileSidecar(directory, "auto").write(BODY).start();
    }

    @Test
    void theStatusPortMoves() throws Exception {
        OpsClient moved = OpsClient.at(Ports.free());
        try (FileSidecar sidecar = sidecar()) {
            assertEquals(200, sidecar.status().get("/ready").status());
            sidecar.apply(BODY + "status.bind = \"127.0.0.1:" + moved.port() + "\"");
            assertEquals(200, moved.get("/ready").status());
            assertEquals(1, moved.metric("outrigger_build_info"));
            sidecar.await("the old port is closed", () -> !sidecar.status().answers());
            sidecar.apply(BODY);
            assertEquals(200, sidecar.status().get("/ready").status());
            sidecar.await("the other port is closed", () -> !moved.answers());
        }
    }

    @Test
    void theAdminPortMovesAndAnswersTheRequestThatMovedIt() throws Exception {
        OpsClient moved = OpsClient.at(Ports.free());
        try (FileSidecar sidecar = sidecar()) {
            sidecar.write(BODY + "admin.bind = \"127.0.0.1:" + moved.port() + "\"");
            assertMoved(sidecar.admin());
            sidecar.await("the new port answers", moved::answers);
            assertEquals(200, moved.get("/config").status());
            sidecar.await("the old port is closed", () -> !sidecar.admin().answers());
            sidecar.write(BODY);
            assertMoved(moved);
            sidecar.await("the first port answers again", () -> sidecar.admin().answers());
        }
    }

    /** The port that is left answers still, unless the watcher was first and nobody listens there any more. */
    private static void assertMoved(OpsClient left) {
        try {
            assertEquals(200, left.post("/config/reload").status());
        } catch (UncheckedIOException e) {
            assertInstanceOf(ConnectException.class, e.getCause());
        }
    }

    @Test
    void theAdminTokenIsAskedForFromTheReloadOn() throws Exception {
        Path file = Files.writeString(directory.resolve("admin-token"), "first-token-of-the-admin-port\n");
        try (FileSidecar sidecar = sidecar()) {
            assertEquals(200, sidecar.admin().get("/config").status());
            sidecar.write(BODY + "admin.token-file = \"" + file + "\"");
            int applied = sidecar.admin().post("/config/reload").status();
            assertTrue(applied == 200 || applied == 401, "unless the watcher was first: " + applied);
            assertEquals(401, sidecar.admin().get("/config").status());
            assertEquals(401, sidecar.admin().with("second").get("/config").status());
            OpsClient first = sidecar.admin().with("first-token-of-the-admin-port");
            OpsClient.Reply config = first.get("/config");
            assertEquals(200, config.status());
            assertFalse(config.body().contains("first-token"), config.body());

            Files.writeString(file, "second-token-of-the-admin-port\n");
            int status = first.post("/config/reload").status();
            assertTrue(status == 200 || status == 401, "whether it is read at reloads or each time: " + status);
            OpsClient second = sidecar.admin().with("second-token-of-the-admin-port");
            assertEquals(200, second.get("/config").status());
            assertEquals(401, first.get("/config").status());

            sidecar.write(BODY);
            assertEquals(200, second.post("/config/reload").status());
            assertEquals(200, sidecar.admin().get("/config").status());
            assertFalse(sidecar.output().contains("-token-of-the-admin-port"), "nor in the log");
        }
    }

    @Test
    void aTokenFileThatIsNotThereRefusesTheChange() throws Exception {
        try (FileSidecar sidecar = sidecar()) {
            OpsClient.Reply refused =
                    sidecar.applyWrong(BODY + "admin.token-file = \"" + directory.resolve("nowhere") + "\"");
            assertTrue(refused.body().contains("nowhere"), refused.body());
            assertEquals(200, sidecar.admin().get("/config").status());
        }
    }

    @Test
    void theMetricsTokenGuardsMetricsAlone() throws Exception {
        Path file = Files.writeString(directory.resolve("metrics-token"), "token-of-the-scraper\n");
        try (FileSidecar sidecar = sidecar()) {
            sidecar.apply(BODY + "telemetry.prometheus.token-file = \"" + file + "\"");
            assertEquals(401, sidecar.status().get("/metrics").status());
            assertEquals(200, sidecar.status().get("/ready").status());
            assertEquals(200, sidecar.status().get("/health/mcp").status());
            OpsClient scraper = sidecar.status().with("token-of-the-scraper");
            assertEquals(1, scraper.metric("outrigger_build_info"));
            sidecar.apply(BODY);
            assertEquals(200, sidecar.status().get("/metrics").status());
        }
    }
}
