package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The corpus of requests that two readers could read differently, through the proxy to servers that read as they do: either
 * refused, or seen by the server as what the proxy took it for. One worker and so one connection to the server, on which the
 * next request would be misread if anything of the one before it were left.
 */
@Timeout(180)
@RequiresTool({"nginx", "haproxy", "node"})
class SmugglingIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int LEAST_CASES = 60;

    private final List<String> problems = new ArrayList<>();
    private Make make;
    private SeenServer server;
    private int read;
    private RunningSidecar sidecar;

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        if (sidecar != null) {
            sidecar.close();
        }
        server.close();
    }

    /** Each case is told of, not only the first that goes wrong. */
    @ParameterizedTest
    @EnumSource
    void eachRequestIsRefusedOrSeenAsWhatItIs(Make make) throws Exception {
        this.make = make;
        List<SmugglingCase> cases = SmugglingCase.all();
        assertTrue(cases.size() >= LEAST_CASES, cases.size() + " cases");
        server = make.start(Files.createDirectory(directory.resolve(make.name())));
        sidecar = RunningSidecar.before(server.port(), "runtime.workers = 1");
        for (SmugglingCase each : cases) {
            try {
                check(each);
            } catch (AssertionError | IOException e) {
                problems.add(each + " (" + each.source() + "): " + e.getMessage());
            }
        }
        assertEquals(List.of(), problems, () -> problems.size() + " of " + cases.size() + " requests went wrong");
    }

    private void check(SmugglingCase each) throws IOException {
        switch (each.expect()) {
            case "passed" -> {
                String answers = exchange(each.request(), after(each));
                assertEquals(each.seen().size() + 1, count(answers, "200"), answers);
                assertEquals(told(each.seen()), awaitSeen(each));
            }
            case "broken" -> {
                String answers = exchange(each.request());
                assertTrue(count(answers, "[2-5]\\d\\d") <= 1, answers);
                List<String> seen = awaitSeenOnAnotherConnection(each);
                assertTrue(seen.size() <= 1, () -> "seen: " + seen);
                assertFalse(seen.toString().contains("smuggled"), () -> "seen: " + seen);
            }
            default -> {
                String answers = exchange(each.request());
                assertTrue(answers.startsWith("HTTP/1.1 " + each.status() + " "), answers);
                assertTrue(answers.toLowerCase(Locale.ROOT).contains("connection: close"), answers);
                assertEquals(1, count(answers, "\\d{3}"), answers);
                assertEquals(List.of(), awaitSeenOnAnotherConnection(each));
            }
        }
    }

    /** Sends all at once and reads until the proxy closes. */
    private String exchange(byte[]... pieces) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.write(piece);
        }
        try (RawClient client = new RawClient(sidecar.inbound())) {
            return client.send(all.toByteArray()).readToEnd();
        }
    }

    private List<String> awaitSeenOnAnotherConnection(SmugglingCase each) throws IOException {
        String answer = exchange(after(each));
        assertEquals(1, count(answer, "200"), answer);
        return awaitSeen(each);
    }

    /** What the server saw before the request that comes after the case. */
    private List<String> awaitSeen(SmugglingCase each) {
        String last = "GET /after-" + each.name() + " ";
        Await.until("the server tells of the request after " + each, DEADLINE, () -> unread().stream()
                .anyMatch(line -> line.startsWith(last)));
        List<String> seen =
                unread().stream().takeWhile(line -> !line.startsWith(last)).toList();
        read += seen.size() + 1;
        // A server may tell late of a request that was broken off.
        return seen.stream()
                .filter(line -> !line.contains("/attack")
                        || line.contains(each.target() + " ")
                        || line.contains(each.target() + "?"))
                .toList();
    }

    private List<String> unread() {
        List<String> all = server.seen();
        return all.subList(read, all.size());
    }

    private static byte[] after(SmugglingCase each) {
        return ("GET /after-" + each.name() + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Answers with a status. */
    private static long count(String answers, String status) {
        return Pattern.compile("HTTP/1\\.[01] " + status + " ")
                .matcher(answers)
                .results()
                .count();
    }

    /** The expectation, as far as the server tells the bytes of a body. */
    private List<String> told(List<String> expected) {
        return make.tellsBytes
                ? expected
                : expected.stream().map(line -> line.replaceAll(" \\d+$", " -")).toList();
    }

    private enum Make {
        NGINX(false),
        HAPROXY(true),
        NODE(true),
        TOMCAT(true);

        private final boolean tellsBytes;

        Make(boolean tellsBytes) {
            this.tellsBytes = tellsBytes;
        }

        private SeenServer start(Path directory) throws IOException {
            return switch (this) {
                case NGINX -> SeenProcess.nginx(directory);
                case HAPROXY -> SeenProcess.haproxy(directory);
                case NODE -> SeenProcess.node(directory);
                case TOMCAT -> new SeenTomcat(directory);
            };
        }
    }
}
