package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo's server and its traffic in processes of their own, with a sidecar between them, as Compose starts them. */
@Timeout(120)
class DemoPartsIT {
    @TempDir
    private Path directory;

    @Test
    void theTrafficOfOneProcessReachesTheServerOfAnotherThroughTheSidecar() throws Exception {
        Path here = Files.createDirectory(directory.resolve("server"));
        Path there = Files.createDirectory(directory.resolve("traffic"));
        try (SidecarProcess server = SidecarProcess.start(here, "demo", "--server", "0")) {
            server.awaitOutput("MCP server on port ");
            Matcher port = Pattern.compile("on port (\\d+)").matcher(server.output());
            assertTrue(port.find(), server.output());
            try (RunningSidecar sidecar = RunningSidecar.before(Integer.parseInt(port.group(1)));
                    SidecarProcess traffic = SidecarProcess.start(
                            there, "demo", "--traffic", sidecar.uri("/mcp").toString())) {
                sidecar.awaitAtLeast(1, "mcp_tool_execution_total", "tool_name=\"echo\"", "status=\"success\"");
                traffic.terminate();
                assertEquals(0, traffic.awaitExit(), traffic.output());
            }
            server.terminate();
            assertEquals(0, server.awaitExit(), server.output());
        }
    }

    @Test
    void oneProcessIsOnePart() throws Exception {
        try (SidecarProcess both =
                SidecarProcess.start(directory, "demo", "--server", "0", "--traffic", "http://127.0.0.1:15006/mcp")) {
            assertEquals(2, both.awaitExit(), both.output());
        }
    }
}
