package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the official Java client makes of limits and of forbidden tools, alone and in a crowd of others. */
@Timeout(180)
class LimitsForClientsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String ROUTE = """
            tools {
              fail { allow = false }
              echo { rate-limit { rate = 2, per = 1h } }
            }
            hide-denied = true
            concurrency-limit { max = 2, queue = 2 }
            """;

    @TempDir
    private Path directory;

    @Test
    void aRefusalIsATypedErrorAndTheSessionGoesOn() throws Exception {
        try (SdkJavaServer server = new SdkJavaServer(directory);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(server.port(), ROUTE);
                McpSyncClient client = connect(sidecar, SdkJavaServer.STREAMABLE)) {
            client.initialize();
            List<String> tools =
                    client.listTools().tools().stream().map(Tool::name).toList();
            assertTrue(tools.contains("echo"), tools.toString());
            assertFalse(tools.contains("fail"), tools.toString());

            assertEquals(10006, refusal(client, "fail"));
            call(client, "echo");
            call(client, "echo");
            assertEquals(10004, refusal(client, "echo"));
            client.ping();
            assertNotEquals(0, client.listTools().tools().size());
            sidecar.awaitMetric(0, "outrigger_concurrency_used");
            client.closeGracefully();
        }
    }

    private static McpSyncClient connect(RunningSidecar sidecar, String path) {
        return McpClient.sync(HttpClientStreamableHttpTransport.builder(
                                sidecar.uri("").toString())
                        .endpoint(path)
                        .build())
                .requestTimeout(Duration.ofSeconds(30))
                .build();
    }

    private static String call(McpSyncClient client, String tool) {
        return client.callTool(CallToolRequest.builder(tool)
                        .arguments(Map.of("message", "hello"))
                        .build())
                .content()
                .toString();
    }

    private static int refusal(McpSyncClient client, String tool) {
        McpError error = assertThrows(McpError.class, () -> call(client, tool));
        return error.getJsonRpcError().code();
    }

    /**
     * The configuration that operators are promised to be able to use as it is, before a server that counts. Only the addresses
     * are others, and where the access log goes, since other tests run beside this one.
     */
    @Nested
    class WithTheContractsLimits {
        private static final Path CONTRACT = Path.of("../agent-config/src/test/resources/contract/limits.conf");
        private static final int RATE = 50;
        private static final int BURST = 50;
        private static final int PLACES = 32;
        private static final int LINE = 16;
        private static final double NANOS_PER_SECOND = 1e9;

        private final Semaphore answers = new Semaphore(0);
        private Path accessLog;
        private McpUpstream server;
        private RunningSidecar sidecar;
        private volatile boolean crowded;

        @BeforeEach
        void start() throws Exception {
            accessLog = directory.resolve("access.log");
            server = server();
            sidecar = RunningSidecar.start(Files.readString(CONTRACT) + """
                    outrigger {
                      listeners.inbound.bind = "127.0.0.1:0"
                      upstreams.app.endpoints = ["127.0.0.1:%d"]
                      status.bind = "127.0.0.1:0"
                      admin.bind = "127.0.0.1:0"
                      telemetry.access-log.path = "%s"
                      lifecycle.drain-timeout = 500ms
                    }
                    """.formatted(server.port(), accessLog));
        }

        @AfterEach
        void stop() throws Exception {
            answers.release(1000);
            if (sidecar != null) {
                sidecar.close();
            }
            server.close();
        }

        /** Calls of tools whose name begins with {@code held} are answered when the test says so. */
        private McpUpstream server() throws IOException {
            return new McpUpstream(request -> {
                if (!request.httpMethod().equals("POST")) {
                    request.status(405);
                } else if (request.method().equals("initialize")) {
                    request.json(
                            Rpc.result(
                                    request.id(),
                                    "{\"protocolVersion\":\"2025-03-26\",\"capabilities\":{\"tools\":{}},"
                                            + "\"serverInfo\":{\"name\":\"counting\",\"version\":\"1\"}}"),
                            "Mcp-Session-Id: session-1");
                } else if (request.id().isEmpty()) {
                    request.accepted();
                } else {
                    if (request.name().startsWith("held")) {
                        awaitLeave();
                    }
                    request.result("{\"content\":[{\"type\":\"text\",\"text\":\"" + request.name() + "\"}]}");
                }
            });
        }

        private void awaitLeave() throws IOException {
            try {
                assertTrue(answers.tryAcquire(120, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        private int calls() {
            return server.seen("tools/call").size();
        }

        // ---- 50 a second, 50 at once

        @Test
        void aFloodComesToTheBurstAndTheRateAndTheRestIsToldWhen() throws Exception {
            List<TimedAnswer> flood = flood(client -> client.post(Rpc.call("1", "echo")));

            List<TimedAnswer> refused = flood.stream()
                    .filter(answer -> answer.body().contains("\"error\""))
                    .toList();
            assertAdmitted(flood, refused);
            assertEquals(flood.size() - refused.size(), calls());
            for (TimedAnswer answer : refused) {
                assertEquals(200, answer.status());
                assertTrue(answer.body().contains("\"code\":10004,"), answer.body());
                assertTrue(answer.body().contains("\"reason\":\"rate_limited\""), answer.body());
                int afterMillis = Integer.parseInt(answer.body().replaceAll("(?s).*\"retry_after_ms\":(\\d+).*", "$1"));
                // One comes free every 20 ms; a loop that was interrupted since it read the clock says more.
                assertTrue(afterMillis >= 1, answer.body());
            }
            assertEquals(refused.size(), sidecar.metric("rate_limit_rejected_total"));
            String page = sidecar.admin("/rate-limit").body();
            assertTrue(page.contains("\"key\":\"client-ip\",\"algorithm\":\"token-bucket\",\"rate\":50"), page);
            assertTrue(page.contains("{\"key\":\"127.0.0.1\",\"available\":"), page);
        }

        @Test
        void aFloodThatIsNoMcpGetsTheStatusAndTheStandardHeaders() throws Exception {
            List<TimedAnswer> flood = flood(client -> {
                client.connection().send("GET /mcp/page HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
                return client.answer();
            });
            List<TimedAnswer> refused =
                    flood.stream().filter(answer -> answer.status() == 429).toList();
            assertAdmitted(flood, refused);
            assertTrue(flood.stream().allMatch(answer -> answer.status() == 429 || answer.status() == 405));
            for (TimedAnswer answer : refused) {
                String seconds = answer.message().header("retry-after");
                assertTrue(Integer.parseInt(seconds) >= 1, seconds);
                assertEquals("\"default\";q=50;w=1", answer.message().header("ratelimit-policy"));
                assertEquals("\"default\";r=0;t=" + seconds, answer.message().header("ratelimit"));
            }
        }

        /** As many as the bucket can have held and got, and all of those that it got while it was asked for more. */
        private void assertAdmitted(List<TimedAnswer> flood, List<TimedAnswer> refused) {
            assertTrue(flood.size() >= 200 && !refused.isEmpty(), flood.size() + " calls");
            int admitted = flood.size() - refused.size();
            long fromNanos =
                    flood.stream().mapToLong(answer -> answer.sentNanos()).min().orElseThrow();
            long toNanos = flood.stream()
                    .mapToLong(answer -> answer.receivedNanos())
                    .max()
                    .orElseThrow();
            double most = BURST + RATE * ((toNanos - fromNanos) / NANOS_PER_SECOND);
            assertTrue(admitted <= most, admitted + " were admitted, the limit is " + most);
            // Between two refusals the bucket was empty at both ends, and in one second nothing of it can overflow.
            long emptyNanos = refused.stream()
                    .min(Comparator.comparing(TimedAnswer::receivedNanos))
                    .orElseThrow()
                    .receivedNanos();
            long stillNanos = refused.stream()
                    .max(Comparator.comparing(TimedAnswer::sentNanos))
                    .orElseThrow()
                    .sentNanos();
            double seconds = Math.max(0, Math.min(1, (stillNanos - emptyNanos) / NANOS_PER_SECOND));
            double least = BURST + RATE * seconds - 2;
            assertTrue(admitted >= least, admitted + " were admitted, and " + least + " should have been");
        }

        /** Four clients of one address, at least 200 calls, until a second after the first refusal. */
        private List<TimedAnswer> flood(TimedAnswer.Question call) throws Exception {
            Queue<TimedAnswer> all = new ConcurrentLinkedQueue<>();
            Queue<Exception> wrong = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(new Thread(() -> {
                    try (McpCaller client = new McpCaller(sidecar)) {
                        while (crowded || all.size() < 200 || !isOldRefusal(all)) {
                            all.add(TimedAnswer.to(client, call));
                        }
                    } catch (IOException e) {
                        wrong.add(e);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), List.copyOf(wrong));
            return List.copyOf(all);
        }

        private boolean isOldRefusal(Queue<TimedAnswer> all) {
            return all.stream()
                    .filter(TimedAnswer::isRefusal)
                    .limit(1)
                    .anyMatch(answer -> System.nanoTime() - answer.receivedNanos() > NANOS_PER_SECOND);
        }

        @Test
        void aClientInACrowdGetsTypedErrorsAndItsSessionGoesOn() throws Exception {
            try (McpSyncClient client = connect(sidecar, "/mcp")) {
                client.initialize();
                assertTrue(call(client, "echo").contains("echo"));
                Thread crowd = new Thread(() -> {
                    try {
                        flood(caller -> caller.post(Rpc.call("1", "echo")));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
                crowded = true;
                crowd.start();
                int code = 0;
                while (code == 0) {
                    code = codeOf(client);
                }
                crowded = false;
                assertEquals(10004, code);
                crowd.join();
                Await.until("it is let in again", DEADLINE, () -> codeOf(client) == 0);
                assertTrue(server.last().header("mcp-session-id").equals("session-1"), "in its session");
            }
        }

        /** 0 if it was answered. */
        private int codeOf(McpSyncClient client) {
            try {
                call(client, "echo");
                return 0;
            } catch (McpError e) {
                return e.getJsonRpcError().code();
            }
        }

        // ---- 32 under way, 16 in line for 200 ms

        @Test
        void thirtyTwoAreUnderWaySixteenWaitAndTheRestIsRefusedAtOnce() throws Exception {
            List<McpCaller> all = new ArrayList<>();
            try (McpSyncClient client = connect(sidecar, "/mcp")) {
                client.initialize();
                List<McpCaller> holders = connected(PLACES, all);
                List<McpCaller> others = connected(LINE + 2, all);
                sidecar.awaitMetric(BURST, "rate_limit_available_tokens");
                for (McpCaller holder : holders) {
                    holder.sendPost(Rpc.call("1", "held"));
                }
                Await.until("all places are taken", DEADLINE, () -> calls() == PLACES);
                assertEquals(PLACES, sidecar.metric("outrigger_concurrency_used", "scope=\"route\""));
                // 48 held and 2 more are just the burst. A machine that is late has lost some of the line by then.
                List<String> expected = new ArrayList<>(Collections.nCopies(2, "queue_full"));
                expected.addAll(Collections.nCopies(LINE, "queue_timeout"));
                Await.until("16 wait in vain, and 2 are refused before", DEADLINE, () -> {
                    List<String> outcomes = callAtOnce(others);
                    assertEquals(PLACES, calls(), "what waits is not at the server");
                    return outcomes.equals(expected);
                });
                assertTrue(sidecar.metric("outrigger_concurrency_rejected_total", "reason=\"queue_full\"") >= 2);
                assertTrue(sidecar.metric("outrigger_concurrency_rejected_total", "reason=\"queue_timeout\"") >= LINE);
                awaitTokens(1);
                assertEquals(10005, refusal(client, "echo"));
                assertEquals(PLACES, calls());

                Await.until(
                        "who waits gets a place that becomes free", DEADLINE, () -> isServedInTime(others, holders));
                answers.release(1000);
                for (McpCaller holder : holders) {
                    assertTrue(holder.answer().text().contains("held"));
                }
                sidecar.awaitMetric(0, "outrigger_concurrency_used", "scope=\"route\"");
                awaitTokens(1);
                assertTrue(call(client, "echo").contains("echo"));
            } finally {
                for (McpCaller caller : all) {
                    caller.close();
                }
            }
        }

        private List<McpCaller> connected(int count, List<McpCaller> all) throws IOException {
            List<McpCaller> made = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                made.add(new McpCaller(sidecar));
            }
            all.addAll(made);
            return made;
        }

        private void awaitTokens(int tokens) {
            Await.until(
                    "there are " + tokens + " tokens", DEADLINE, () -> metric("rate_limit_available_tokens") >= tokens);
        }

        private double metric(String name, String... labels) {
            try {
                return sidecar.metric(name, labels);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The reasons of the refusals, in the order in which they come. */
        private List<String> callAtOnce(List<McpCaller> callers) {
            awaitTokens(callers.size());
            Queue<String> outcomes = new ConcurrentLinkedQueue<>();
            List<Thread> readers = new ArrayList<>();
            for (McpCaller caller : callers) {
                readers.add(new Thread(() -> outcomes.add(read(caller))));
            }
            readers.forEach(Thread::start);
            try {
                for (McpCaller caller : callers) {
                    caller.sendPost(Rpc.call("1", "echo"));
                }
                for (Thread reader : readers) {
                    reader.join();
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            for (String outcome : outcomes) {
                assertTrue(
                        List.of("queue_full", "queue_timeout", "rate_limited").contains(outcome), outcome);
            }
            return List.copyOf(outcomes);
        }

        private String read(McpCaller caller) {
            try {
                return Rpc.memberOf(caller.answer().text(), "reason");
            } catch (IOException e) {
                return e.toString();
            }
        }

        /** One call waits, one is answered. On a machine that is late the wait is over before, and all is as it was. */
        private boolean isServedInTime(List<McpCaller> others, List<McpCaller> holders) {
            awaitTokens(2);
            double queued = metric("outrigger_concurrency_queued_total");
            try {
                others.get(0).sendPost(Rpc.call("9", "echo"));
                sidecar.awaitMetric(queued + 1, "outrigger_concurrency_queued_total");
                answers.release();
                String answer = others.get(0).answer().text();
                int before = calls();
                // The place of the one that was let go is taken again.
                McpCaller next = others.get(1);
                next.sendPost(Rpc.call("1", "held"));
                Await.until("all places are taken", DEADLINE, () -> calls() > before);
                others.remove(next);
                holders.add(next);
                holders.remove(answered(holders));
                return answer.contains("\"result\"");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The one whose answer is there; it is read. */
        private McpCaller answered(List<McpCaller> holders) throws IOException {
            McpCaller[] found = new McpCaller[1];
            Await.until("one is answered", DEADLINE, () -> {
                for (McpCaller holder : holders) {
                    if (hasBytes(holder)) {
                        found[0] = holder;
                        return true;
                    }
                }
                return false;
            });
            assertTrue(found[0].answer().text().contains("held"));
            return found[0];
        }

        private boolean hasBytes(McpCaller caller) {
            try {
                return caller.connection().in().available() > 0;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        // ---- get_* is kept, delete_* is forbidden, everything is written down

        @Test
        void whatOnlyReadsIsAskedOnceWhatDeletesNeverAndAllOfItIsWrittenDown() throws Exception {
            try (McpSyncClient client = connect(sidecar, "/mcp");
                    McpCaller raw = new McpCaller(sidecar)) {
                client.initialize();
                String first = call(client, "get_weather");
                assertTrue(first.contains("get_weather"), first);
                assertEquals(first, call(client, "get_weather"), "the client knows it by its own id");
                assertEquals(1, calls());
                // Under another name of the host it is another question.
                assertTrue(raw.post(Rpc.call("1", "get_weather")).text().contains("\"id\":1,\"result\""));
                assertTrue(raw.post(Rpc.call("\"two\"", "get_weather")).text().contains("\"id\":\"two\",\"result\""));
                assertEquals(2, calls());
                assertEquals(2, sidecar.metric("mcp_cache_hits_total"));
                assertEquals(2, sidecar.metric("mcp_cache_misses_total"));
                assertEquals(2, sidecar.metric("mcp_cache_entries"));
                assertTrue(sidecar.metric("mcp_cache_bytes") > 0);
                String page = sidecar.admin("/cache").body();
                assertTrue(page.contains("\"hits\":2") && page.contains("\"entries\":2"), page);

                assertEquals(10006, refusal(client, "delete_weather"));
                assertEquals(2, calls(), "it never came to the server");
                call(client, "echo");
                call(client, "echo");
                assertEquals(4, calls(), "nothing else is kept");
            }
            sidecar.close();
            List<String> lines = Files.readAllLines(accessLog);
            assertEquals(4, count(lines, "\"tool\":\"get_weather\""), lines.toString());
            assertEquals(2, count(lines, "\"cache\":\"hit\""), lines.toString());
            assertEquals(1, count(lines, "\"tool\":\"delete_weather\""), lines.toString());
            assertEquals(1, count(lines, "\"reason\":\"tool_denied\""), lines.toString());
            assertEquals(2, count(lines, "\"tool\":\"echo\""), lines.toString());
        }

        private long count(List<String> lines, String part) {
            return lines.stream().filter(line -> line.contains(part)).count();
        }
    }
}
