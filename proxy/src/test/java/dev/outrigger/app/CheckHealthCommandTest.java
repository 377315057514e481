package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command makes of the answers of a status port, and of none. */
@Timeout(30)
final class CheckHealthCommandTest {
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void aSidecarThatIsReadyIsWellAndNothingIsSaid() throws Exception {
        try (ScriptedUpstream status = answering("200 OK", "{\"status\":\"ready\"}")) {
            assertEquals(ExitCode.OK, check("--address", "127.0.0.1:" + status.port()));
            assertEquals("", err.toString());
        }
    }

    @Test
    void aSidecarThatIsDrainingIsNotWellAndItsWordsAreTold() throws Exception {
        try (ScriptedUpstream status = answering("503 Service Unavailable", "{\"status\":\"draining\"}")) {
            String address = "127.0.0.1:" + status.port();
            assertEquals(ExitCode.FAILED, check("--address", address));
            assertEquals("outrigger: " + address + "/ready says 503 {\"status\":\"draining\"}\n", err.toString());
        }
    }

    @Test
    void thePathThatIsToldIsTheOneThatIsAsked() throws Exception {
        Script onlyLive = connection -> {
            boolean live = connection.readHead().startsWith("GET /live HTTP/1.1\r\n");
            connection.write("HTTP/1.1 " + (live ? "200 OK" : "404 Not Found") + "\r\nContent-Length: 0\r\n\r\n");
            connection.close();
        };
        try (ScriptedUpstream status = new ScriptedUpstream(onlyLive)) {
            String address = "127.0.0.1:" + status.port();
            assertEquals(ExitCode.OK, check("--address", address, "--path", "/live"));
            assertEquals(ExitCode.FAILED, check("--address", address));
        }
    }

    @Test
    void nobodyThereIsNotWell() throws Exception {
        int port = ScriptedUpstream.refusingPort();
        assertEquals(ExitCode.FAILED, check("--address", "127.0.0.1:" + port));
        assertTrue(err.toString().contains("/ready gives no answer: Connection refused"), err::toString);
    }

    @Test
    void whoSaysNothingIsNotWaitedForBeyondTheLimit() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertEquals(ExitCode.FAILED, check("--address", "127.0.0.1:" + silent.getLocalPort(), "--timeout", "1"));
            assertTrue(err.toString().contains("gives no answer: nothing within 1 s"), err::toString);
        }
    }

    @Test
    void anotherProtocolIsNotTakenForAnAnswer() throws Exception {
        Script ssh = connection -> {
            connection.write("SSH-2.0-OpenSSH_9.2\r\n\r\n");
            connection.close();
        };
        try (ScriptedUpstream status = new ScriptedUpstream(ssh)) {
            assertEquals(ExitCode.FAILED, check("--address", "127.0.0.1:" + status.port()));
            assertTrue(err.toString().contains("does not speak HTTP/1.1"), err::toString);
        }
    }

    @Test
    void theConfigurationLeadsToTheStatusPortAndEveryAddressMeansLoopback() throws Exception {
        try (ScriptedUpstream status = answering("200 OK", "{}")) {
            assertEquals(ExitCode.OK, check("-c", config("0.0.0.0:" + status.port())));
            assertEquals(ExitCode.OK, check("-c", config("[::]:" + status.port())));
        }
    }

    @Test
    void whatMakesNoSenseIsRefusedAndShown() throws Exception {
        assertEquals(ExitCode.USAGE, check("--address", "9465"));
        assertTrue(err.toString().contains("--address 9465, expected host:port such as 127.0.0.1:9465"), err::toString);
        assertEquals(ExitCode.USAGE, check("--address", "::1:9465"));
        assertEquals(ExitCode.USAGE, check("--address", "localhost:0"));
        assertEquals(ExitCode.USAGE, check("--path", "ready"));
        assertEquals(ExitCode.USAGE, check("--path", "/ready x"));
        assertEquals(ExitCode.USAGE, check("--timeout", "0"));
        assertEquals(ExitCode.USAGE, check("-c", config("0.0.0.0:9465"), "--address", "127.0.0.1:9465"));
        assertEquals(ExitCode.USAGE, check("-c", config("nowhere")));
    }

    private int check(String... arguments) {
        CommandLine line = new CommandLine(new CheckHealthCommand()).setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private String config(String statusBind) throws IOException {
        return Files.writeString(directory.resolve("outrigger.conf"), String.format(Locale.ROOT, """
                        outrigger {
                          listeners.inbound.bind = "127.0.0.1:0"
                          upstreams.app.endpoints = ["127.0.0.1:8080"]
                          routes = [{ match { path-prefix = "/" }, upstream = app }]
                          status.bind = "%s"
                        }
                        """, statusBind))
                .toString();
    }

    private static ScriptedUpstream answering(String status, String body) throws IOException {
        return new ScriptedUpstream(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length()
                    + "\r\nConnection: close\r\n\r\n" + body);
            connection.close();
        });
    }
}
