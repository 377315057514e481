package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Calls that no upstream answers are kept, where that is wanted, and made again by hand. */
class DeadLetterIT {
    private static final String ROUTE = "tools { \"put_*\" { dead-letter = true } }, timeout = 30s";
    private static final Script CLOSES = connection -> {
        connection.readRequest();
        connection.close();
    };

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("calls.jsonl");
    }

    private RunningSidecar sidecar(int port, String... more) throws Exception {
        String deadLetter = "dead-letter.path = \"" + file() + "\"\n";
        return RunningSidecar.beforeWithRoute(port, ROUTE, deadLetter + String.join("\n", more));
    }

    private List<String> awaitLines(int count) {
        Await.until(count + " lines", Duration.ofSeconds(10), () -> lines().size() == count);
        return lines();
    }

    private List<String> lines() {
        try {
            return Files.exists(file()) ? Files.readAllLines(file()) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aCallThatIsNotAnsweredIsKeptForItsOwnerAlone() throws Exception {
        try (RunningSidecar sidecar = sidecar(ScriptedUpstream.refusingPort())) {
            String answer = call(sidecar, "/mcp?x=1", "secret", Rpc.call("7", "put_it"));
            assertTrue(answer.contains("connect_refused"), answer);

            String line = awaitLines(1).get(0);
            assertTrue(line.contains("\"tool\":\"put_it\""), line);
            assertTrue(line.contains("\"reason\":\"connect_refused\""), line);
            assertTrue(line.contains("\"maybe_done\":false"), line);
            assertFalse(line.contains("secret"), line);
            KeptCall kept = KeptCall.parse(line);
            assertEquals(Rpc.call("7", "put_it"), kept.message());
            assertEquals("/mcp?x=1", kept.target());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
            assertEquals(1, sidecar.metric("outrigger_dead_letters_total", "server=\"app\""));
        }
    }

    @Test
    void whatMayHaveBeenMadeIsMarked() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(CLOSES);
                RunningSidecar sidecar = sidecar(upstream.port(), "upstreams.app.breaker.consecutive-failures = 1")) {
            call(sidecar, "/mcp", "", Rpc.call("1", "put_it"));
            call(sidecar, "/mcp", "", Rpc.call("2", "put_it"));

            List<String> lines = awaitLines(2);
            assertTrue(lines.get(0).contains("\"maybe_done\":true"), lines.get(0));
            assertTrue(lines.get(1).contains("\"reason\":\"breaker_open\",\"maybe_done\":false"), lines.get(1));
        }
    }

    @Test
    void nothingElseIsKept() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    String request = connection.readRequest();
                    if (request.contains("fine")) {
                        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    } else {
                        connection.close();
                    }
                });
                RunningSidecar sidecar = sidecar(upstream.port())) {
            call(sidecar, "/mcp", "", Rpc.call("1", "get_it"));
            call(sidecar, "/mcp", "", Rpc.call("1", "put_fine"));
            call(sidecar, "/mcp", "", Rpc.request("1", "tools/list", "{}"));
            call(sidecar, "/mcp", "", "[" + Rpc.call("1", "put_it") + "]");

            assertEquals(0, sidecar.metric("outrigger_dead_letters_total"));
        }
        assertEquals(List.of(), lines());
    }

    @Test
    void aFullFileTakesNoMore() throws Exception {
        try (RunningSidecar sidecar = sidecar(ScriptedUpstream.refusingPort(), "dead-letter.max-bytes = 1KiB")) {
            for (int i = 0; i < 6; i++) {
                call(sidecar, "/mcp", "", Rpc.call(Integer.toString(i), "put_it"));
            }
            Await.until(
                    "each is written or counted", Duration.ofSeconds(30), () -> lines().size() + dropped(sidecar) == 6);
            assertTrue(Files.size(file()) <= 1024);
            assertFalse(lines().isEmpty());
        }
    }

    @Test
    void aFolderThatWasAwayIsWrittenToAgain() throws Exception {
        Path away = folder.resolve("away");
        Path inside = Files.createDirectory(folder.resolve("calls")).resolve("calls.jsonl");
        String more = "dead-letter.path = \"" + inside + "\"";
        try (RunningSidecar sidecar = sidecar(ScriptedUpstream.refusingPort(), more)) {
            Files.move(inside.getParent(), away);
            call(sidecar, "/mcp", "", Rpc.call("1", "put_it"));
            sidecar.awaitMetric(1, "outrigger_telemetry_dropped_total", "kind=\"dead_letters\"");
            Files.move(away, inside.getParent());
            call(sidecar, "/mcp", "", Rpc.call("2", "put_it"));

            Await.until("it is written", Duration.ofSeconds(10), () -> size(inside) > 0);
        }
    }

    private static double dropped(RunningSidecar sidecar) {
        try {
            return sidecar.metric("outrigger_telemetry_dropped_total", "kind=\"dead_letters\"");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatWasMovedAwayIsBegunAnew() throws Exception {
        try (RunningSidecar sidecar = sidecar(ScriptedUpstream.refusingPort())) {
            call(sidecar, "/mcp", "", Rpc.call("1", "put_it"));
            awaitLines(1);
            Files.move(file(), folder.resolve("moved"));
            call(sidecar, "/mcp", "", Rpc.call("2", "put_it"));

            assertEquals(
                    Rpc.call("2", "put_it"),
                    KeptCall.parse(awaitLines(1).get(0)).message());
        }
    }

    @Test
    void aLineThatACrashHasCutIsEnded() throws Exception {
        Files.writeString(file(), "{\"time\":\"20");
        try (RunningSidecar sidecar = sidecar(ScriptedUpstream.refusingPort())) {
            call(sidecar, "/mcp", "", Rpc.call("1", "put_it"));

            assertEquals("put_it", KeptCall.parse(awaitLines(2).get(1)).tool());
        }
    }

    @Test
    void callsAreMadeAgainAndThoseThatMayHaveBeenMadeAreLeftOut() throws Exception {
        String unsent = line("put_a", false, "2026-07-28", Rpc.modernCall("1", "put_a"));
        String lost = line("put_b", true, "2026-07-28", Rpc.modernCall("2", "put_b"));
        Files.write(file(), List.of(unsent, lost, ""));
        StringBuffer seen = new StringBuffer();
        Script script = connection -> {
            seen.append(connection.readRequest());
            String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
        };
        try (ScriptedUpstream server = new ScriptedUpstream(script)) {
            String said = replay(ExitCode.OK, server.port(), "-H", "Authorization=Bearer t");

            assertTrue(said.contains(file() + ":1: put_a: done"), said);
            assertTrue(said.contains(file() + ":2: put_b: left out"), said);
            assertEquals(1, server.requests());
            assertTrue(seen.toString().contains("Mcp-Name: put_a"), seen.toString());
            assertTrue(seen.toString().contains("Authorization: Bearer t"), seen.toString());

            assertTrue(replay(ExitCode.OK, server.port(), "--maybe-done").contains("put_b: done"));
            assertTrue(replay(ExitCode.OK, server.port(), "--dry-run").contains("put_a: to be sent to 127.0.0.1:"));
        }
    }

    @Test
    void callsOfTheOldEraGetASessionOfTheirOwn() throws Exception {
        Files.write(
                file(),
                List.of(
                        line("put_a", false, "2025-06-18", Rpc.call("1", "put_a")),
                        line("put_b", false, "2025-06-18", Rpc.call("2", "put_b"))));
        StringBuffer seen = new StringBuffer();
        Script script = connection -> {
            String request = connection.readRequest();
            boolean begins = request.contains("\"initialize\"");
            seen.append(begins ? "i" : request.contains("Mcp-Session-Id: s1") ? request.charAt(0) : '?');
            String body = "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n";
            connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + (begins ? "Mcp-Session-Id: s1\r\n" : "")
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        };
        try (ScriptedUpstream server = new ScriptedUpstream(script)) {
            replay(ExitCode.OK, server.port());

            assertEquals("iPPPD", seen.toString());
        }
    }

    @Test
    void aTargetThatLooksLikeAnotherHostIsAPath() throws Exception {
        String line = line("put_a", false, "2026-07-28", Rpc.modernCall("1", "put_a"));
        Files.write(
                file(),
                List.of(line.replace("/mcp", "//example.com/mcp"), line.replace("/mcp", "http://example.com/")));
        StringBuffer seen = new StringBuffer();
        Script script = connection -> {
            seen.append(connection.readRequest());
            connection.write("HTTP/1.1 204 No Content\r\n\r\n");
        };
        try (ScriptedUpstream server = new ScriptedUpstream(script)) {
            String said = replay(ExitCode.FAILED, server.port());

            assertTrue(seen.toString().startsWith("POST //example.com/mcp HTTP/1.1"), seen.toString());
            assertTrue(said.contains(":2: a target that is no path"), said);
            assertEquals(1, server.requests());
        }
    }

    @Test
    void aCallThatFailsAgainAndALineThatIsNoneAreTold() throws Exception {
        Files.write(file(), List.of(line("put_a", false, "2026-07-28", Rpc.modernCall("1", "put_a")), "{\"time\":"));
        try (ScriptedUpstream server = new ScriptedUpstream(
                ScriptedUpstream.ok("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":10001,\"message\":\"m\"}}"))) {
            String said = replay(ExitCode.FAILED, server.port());

            assertTrue(said.contains("put_a: failed, error 10001"), said);
            assertTrue(said.contains(":2: no call of a dead-letter file"), said);
        }
    }

    private static String line(String tool, boolean maybeDone, String version, String message) {
        return "{\"time\":\"t\",\"tool\":\"" + tool + "\",\"target\":\"/mcp\",\"modern\":"
                + version.equals(Rpc.MODERN) + ",\"protocol_version\":\"" + version + "\",\"maybe_done\":" + maybeDone
                + ",\"message\":\"" + message.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
    }

    private String replay(int exitCode, int port, String... options) {
        StringWriter out = new StringWriter();
        CommandLine commands = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
        String[] arguments = new String[options.length + 4];
        arguments[0] = "replay";
        arguments[1] = file().toString();
        arguments[2] = "--to";
        arguments[3] = "http://127.0.0.1:" + port;
        System.arraycopy(options, 0, arguments, 4, options.length);

        assertEquals(exitCode, commands.execute(arguments), out.toString());
        return out.toString();
    }

    private static String call(RunningSidecar sidecar, String target, String token, String message) throws Exception {
        try (RawClient client = new RawClient(sidecar.inbound())) {
            return client.send("POST " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer "
                            + token + "\r\nContent-Type: application/json\r\nContent-Length: " + message.length()
                            + "\r\n\r\n" + message)
                    .readToEnd();
        }
    }
}
