package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An answer of events that stops at every one of its bytes: no client waits in vain, and each call is counted once.
 *
 * <p>What a client gets is the whole original response; or else an error 10009 with the id of its request, as an event or, if
 * nothing of the answer was there yet, as the answer; or, if it has been given an event id to resume from, an end without
 * anything invented. Half of a message is never passed off as one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutStreamIT {
    /** Which revision speaks, and with it whether the client could resume. */
    enum Era {
        MODERN,
        LEGACY,
        LEGACY_WITH_EVENT_IDS
    }

    /** How the upstream marks the end of its answer. */
    enum Framing {
        CHUNKED,
        LENGTH,
        CLOSE
    }

    /** How it stops. */
    enum Stop {
        CLOSES,
        RESETS,
        /** Its framing is right, the response is just not there. */
        ENDS_PROPERLY
    }

    private static final String ID = "\"käse-7\"";
    private static final int CLIENTS = 4;
    private static final int CLIENT_TIMEOUT_MILLIS = 30_000;
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final byte[] NO_BODY = {};

    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private ScriptedUpstream upstream;
    private RunningSidecar sidecar;

    /** What one test's upstream answers; replaced between tests only. */
    private volatile byte[] answer = NO_BODY;

    private volatile Framing framing = Framing.CHUNKED;
    private volatile Stop stop = Stop.CLOSES;

    @BeforeAll
    void start() throws Exception {
        upstream = new ScriptedUpstream(connection -> {
            WireMessage request = WireMessage.read(connection.in());
            request.text();
            int length = Integer.parseInt(request.header("x-length"));
            if (stop == Stop.ENDS_PROPERLY) {
                connection.write(join(head(Framing.CHUNKED, 0), oneChunk(Arrays.copyOf(answer, length))));
                return;
            }
            connection.write(Arrays.copyOf(answer, length));
            if (length == answer.length && framing != Framing.CLOSE) {
                return;
            }
            if (stop == Stop.RESETS) {
                connection.reset();
            } else {
                connection.close();
            }
        });
        sidecar = RunningSidecar.before(
                upstream.port(), "upstreams.app.breaker.consecutive-failures = 10000", "runtime.transport = auto");
    }

    @AfterAll
    void stop() throws Exception {
        clients.shutdownNow();
        sidecar.close();
        upstream.close();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @CsvSource({
        "MODERN, CHUNKED, CLOSES",
        "MODERN, CHUNKED, RESETS",
        "MODERN, LENGTH, CLOSES",
        "MODERN, CLOSE, CLOSES",
        "MODERN, CHUNKED, ENDS_PROPERLY",
        "LEGACY, CHUNKED, CLOSES",
        "LEGACY, CHUNKED, RESETS",
        "LEGACY, LENGTH, CLOSES",
        "LEGACY, CLOSE, CLOSES",
        "LEGACY, CHUNKED, ENDS_PROPERLY",
        "LEGACY_WITH_EVENT_IDS, CHUNKED, CLOSES",
        "LEGACY_WITH_EVENT_IDS, CHUNKED, RESETS",
        "LEGACY_WITH_EVENT_IDS, LENGTH, CLOSES",
        "LEGACY_WITH_EVENT_IDS, CLOSE, CLOSES",
        "LEGACY_WITH_EVENT_IDS, CHUNKED, ENDS_PROPERLY"
    })
    void neverLeavesTheClientWaitingWhereverItIsCut(Era era, Framing how, Stop end) throws Exception {
        byte[] head = end == Stop.ENDS_PROPERLY ? NO_BODY : head(how, body(era).length);
        answer = end == Stop.ENDS_PROPERLY ? body(era) : join(head, frame(how, body(era)));
        framing = how;
        stop = end;
        checkAll(era, head.length);
    }

    private void checkAll(Era era, int headLength) throws Exception {
        double before = counted();
        List<Future<?>> running = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int first = client;
            running.add(clients.submit(() -> {
                for (int length = first; length <= answer.length; length += CLIENTS) {
                    check(era, length, length - headLength);
                }
                return null;
            }));
        }
        for (Future<?> client : running) {
            client.get();
        }
        awaitCounted(before + answer.length + 1);
    }

    private double counted() throws Exception {
        return sidecar.metric("mcp_server_operation_duration_seconds_count", "mcp_method_name=\"tools/call\"");
    }

    private void awaitCounted(double expected) throws Exception {
        Await.until("all calls are counted", DEADLINE, () -> {
            try {
                return counted() >= expected && sidecar.metric("outrigger_exchanges_active") == 0;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(expected, counted(), "each call once");
    }

    /** @param bodyLength bytes of the framed body that the upstream sends; negative: cut in the head */
    private void check(Era era, int length, int bodyLength) throws Exception {
        String at =
                era + ", cut after " + length + " bytes, " + bodyLength + " of them body, of " + answer.length + ": ";
        byte[] got;
        try (RawClient client = new RawClient(sidecar.inbound())) {
            client.timeout(CLIENT_TIMEOUT_MILLIS);
            client.send(request(era, length));
            got = readAll(client.in());
        } catch (IOException e) {
            throw new AssertionError(at + "the client is left waiting", e);
        }
        assertTrue(got.length > 0, at + "nothing came");
        WireMessage message = WireMessage.read(new ByteArrayInputStream(got));
        String all = at + new String(got, StandardCharsets.UTF_8);
        assertEquals(200, message.status(), all);
        if (bodyLength < 0 || !message.header("content-type").startsWith("text/event-stream")) {
            assertTrue(bodyLength <= 0, all);
            assertEquals("application/json", message.header("content-type"), all);
            assertBrokeOff(message.text(), all);
            return;
        }
        checkEvents(era, message, all, stop != Stop.RESETS && length == answer.length);
    }

    private static void checkEvents(Era era, WireMessage message, String all, boolean whole) throws IOException {
        List<SseEvent> events = new ArrayList<>();
        boolean properEnd = true;
        try {
            SseEvent event;
            while ((event = message.nextEvent()) != null) {
                events.add(event);
            }
        } catch (EOFException e) {
            properEnd = false;
        }
        boolean resumable = era == Era.LEGACY_WITH_EVENT_IDS && events.stream().anyMatch(e -> !e.id().isEmpty());
        int responses = 0;
        for (SseEvent event : events) {
            if (!event.type().equals(SseEvent.MESSAGE) || event.data().isEmpty()) {
                continue;
            }
            if (isResponse(event)) {
                responses++;
                assertTrue(
                        event.data().equals(response()) || (!resumable && isBrokeOff(event.data())),
                        "an answer that nobody gave: " + all);
            } else {
                assertTrue(notifications().contains(event.data()), "half a message: " + event.data() + " in " + all);
            }
        }
        assertTrue(responses == 1 || (responses == 0 && resumable), "one answer: " + all);
        assertTrue(properEnd || resumable, "a proper end: " + all);
        assertFalse(whole && (responses == 0 || all.contains("10009")), "whole, but not passed on as it is: " + all);
    }

    private static boolean isResponse(SseEvent event) {
        return event.data().contains("\"result\"") || event.data().contains("\"error\"");
    }

    private static void assertBrokeOff(String text, String all) {
        assertTrue(isBrokeOff(text), all);
    }

    private static boolean isBrokeOff(String text) {
        return text.startsWith("{\"jsonrpc\":\"2.0\",\"id\":" + ID + ",\"error\":{\"code\":10009,")
                && text.endsWith("}");
    }

    private static byte[] request(Era era, int length) {
        String call = era == Era.MODERN ? Rpc.modernCall(ID, "echo") : Rpc.call(ID, "echo");
        byte[] body = call.getBytes(StandardCharsets.UTF_8);
        String headers = era == Era.MODERN
                ? "MCP-Protocol-Version: " + Rpc.MODERN + "\r\nMcp-Method: tools/call\r\nMcp-Name: echo\r\n"
                : "MCP-Protocol-Version: 2025-11-25\r\n";
        String head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + headers + "X-Length: " + length + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        return join(head.getBytes(StandardCharsets.UTF_8), body);
    }

    // ---- the recorded answer

    private static byte[] body(Era era) {
        List<String> notifications = notifications();
        boolean ids = era == Era.LEGACY_WITH_EVENT_IDS;
        String text = (ids ? "id: e-0\nretry: 10\ndata:\n\n" : ": hello\n\n")
                + "event: message\n" + id(ids, 1) + "data: " + notifications.get(0) + "\n\n"
                + ": still here\r\nevent: message\r\n" + id(ids, 2) + "data:" + notifications.get(1) + "\r\n\r\n"
                + id(ids, 3) + "data: " + response().replace("\n", "\ndata: ") + "\n\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String id(boolean with, int number) {
        return with ? "id: e-" + number + "\n" : "";
    }

    private static List<String> notifications() {
        return List.of(
                Rpc.progress("\"p\""),
                Rpc.notification("notifications/message", "{\"level\":\"info\",\"data\":\"grüße, 世界 \\u00e9\"}"));
    }

    /** Over several lines. */
    private static String response() {
        return "{\"jsonrpc\":\"2.0\",\n\"id\":" + ID
                + ",\n\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"naïve 🧀\"}]}}";
    }

    private static byte[] head(Framing framing, int length) {
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n";
        String end =
                switch (framing) {
                    case CHUNKED -> "Transfer-Encoding: chunked\r\n\r\n";
                    case LENGTH -> "Content-Length: " + length + "\r\n\r\n";
                    case CLOSE -> "Connection: close\r\n\r\n";
                };
        return (head + end).getBytes(StandardCharsets.US_ASCII);
    }

    /** Chunks end anywhere, also in the midst of a character. */
    private static byte[] frame(Framing framing, byte[] body) throws IOException {
        if (framing != Framing.CHUNKED) {
            return body;
        }
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        int chunk = 61;
        for (int at = 0; at < body.length; at += chunk) {
            byte[] part = Arrays.copyOfRange(body, at, Math.min(body.length, at + chunk));
            framed.write((Integer.toHexString(part.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            framed.write(part);
            framed.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        framed.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return framed.toByteArray();
    }

    private static byte[] oneChunk(byte[] content) {
        byte[] end = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        if (content.length == 0) {
            return end;
        }
        byte[] size = (Integer.toHexString(content.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return join(join(size, content), join("\r\n".getBytes(StandardCharsets.US_ASCII), end));
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** To the end, proper or not. */
    private static byte[] readAll(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        try {
            int read;
            while ((read = in.read(buffer)) >= 0) {
                all.write(buffer, 0, read);
            }
        } catch (SocketException e) {
            // A reset is an end, too; what came before it counts.
            return all.toByteArray();
        }
        return all.toByteArray();
    }
}
