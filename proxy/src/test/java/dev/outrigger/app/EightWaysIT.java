package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.app.McpUpstream.Stream;
import dev.outrigger.app.ProtocolChain.Way;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The same for every protocol on either side: HTTP/1.1 and HTTP/2, clear and over TLS, to HTTP/1.1 and to HTTP/2. */
@ParameterizedClass(name = "{0}")
@MethodSource("ways")
@Timeout(300)
class EightWaysIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int CLIENTS = 100;
    private static final int EVENTS = 5;
    private static final List<Integer> STATUSES = List.of(200, 302, 404);

    /** For each direction. */
    private static final long BULK_BYTES = Long.getLong("outrigger.bulk.bytes", 64 << 20);

    /** What may be under way, in buffers of all sidecars of a chain: connections' and streams' windows, and writes to come. */
    private static final long UNDER_WAY_BYTES = 24 << 20;

    private static final List<String> SCENARIOS = List.of(
            "initialize",
            "tools",
            "resources",
            "prompts",
            "completion",
            "progress",
            "logging",
            "questions",
            "subscriptions");

    @Parameter
    private Way way;

    @TempDir
    private Path directory;

    static List<Way> ways() {
        return Way.all();
    }

    private ProtocolChain chain(int serverPort) throws Exception {
        return new ProtocolChain(way, directory, serverPort);
    }

    @Test
    void theOfficialSdkSeesNoDifference() throws Exception {
        ScenarioClient client = new SdkJavaClient();
        try (ScenarioServer server = new SdkJavaServer(directory);
                Tap toServer = new Tap(server.port());
                ProtocolChain chain = chain(toServer.port());
                Tap toChain = new Tap(chain.inbound().getPort())) {
            for (String scenario : SCENARIOS) {
                String direct = client.run(scenario, ScenarioProof.uri(server.port(), SdkJavaServer.STREAMABLE));
                String through = client.run(scenario, ScenarioProof.uri(toChain.port(), SdkJavaServer.STREAMABLE));
                assertEquals(direct, through, scenario);
            }
            List<WireExchange> before = asHttp2(WireParser.parse(toChain.end()));
            chain.awaitExchanges(before.size());
            List<WireExchange> behind = asHttp2(WireParser.parse(toServer.end()));
            assertEquals("", String.join("\n", WireDiff.between(before, behind)));
        }
    }

    /** HTTP/2 knows no capital letters in the names of headers. */
    private static List<WireExchange> asHttp2(List<WireExchange> exchanges) {
        return exchanges.stream()
                .map(exchange -> new WireExchange(
                        exchange.method(),
                        exchange.path(),
                        asHttp2Headers(exchange.requestHeaders()),
                        exchange.requestBody(),
                        exchange.status(),
                        asHttp2Headers(exchange.responseHeaders()),
                        exchange.responseBody(),
                        exchange.isComplete(),
                        exchange.isLeft()))
                .toList();
    }

    private static List<String> asHttp2Headers(List<String> headers) {
        return headers.stream()
                .map(header -> header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT)
                        + header.substring(header.indexOf(':')))
                .sorted()
                .toList();
    }

    @Test
    void aHundredStreamsOfEventsGoOnSideBySideAndOneMoreToo() throws Exception {
        Map<String, Stream> streams = new ConcurrentHashMap<>();
        List<McpCaller> clients = new ArrayList<>();
        List<WireMessage> answers = new ArrayList<>();
        try (McpUpstream upstream = new McpUpstream(request -> {
                    streams.put(request.header("x-client"), request.stream());
                    request.awaitClosed();
                });
                ProtocolChain chain = chain(upstream.port())) {
            try {
                listen(chain, CLIENTS, clients, answers);
                assertConnections(chain, CLIENTS, 1);
                listen(chain, 1, clients, answers);
                assertConnections(chain, CLIENTS + 1, 2);
                Await.until("all are there", DEADLINE, () -> streams.size() == clients.size());
                for (int event = 0; event < EVENTS; event++) {
                    for (int i = 0; i < clients.size(); i++) {
                        streams.get(Integer.toString(i)).event(event(i, event));
                    }
                }
                for (int i = 0; i < clients.size(); i++) {
                    for (int event = 0; event < EVENTS; event++) {
                        assertEquals(event(i, event), answers.get(i).event().data());
                    }
                }
                assertEquals(clients.size(), chain.middle().metric("mcp_streams_active"));
            } finally {
                for (McpCaller client : clients) {
                    client.close();
                }
            }
            upstream.awaitNoConnection();
            chain.awaitExchanges(CLIENTS + 1);
        }
    }

    private static void listen(ProtocolChain chain, int more, List<McpCaller> clients, List<WireMessage> answers)
            throws IOException {
        int from = clients.size();
        for (int i = from; i < from + more; i++) {
            McpCaller client = new McpCaller(chain.inbound()).with("X-Client", Integer.toString(i));
            clients.add(client);
            client.sendGet();
        }
        for (int i = from; i < from + more; i++) {
            answers.add(clients.get(i).answer());
            assertEquals(200, answers.get(i).status());
        }
    }

    /** A connection of HTTP/2 has room for a hundred. */
    private void assertConnections(ProtocolChain chain, int streams, int ofHttp2) throws Exception {
        assertEquals(way.http2() ? ofHttp2 : streams, chain.connectsToMiddle());
        assertEquals(way.http2Upstream() ? ofHttp2 : streams, chain.connectsFromMiddle());
    }

    private static String event(int client, int event) {
        return Rpc.notification("notifications/message", "{\"data\":\"" + event + " for " + client + "\"}");
    }

    @Test
    void manyBytesPassInLittleMemory() throws Exception {
        LongAccumulator most = new LongAccumulator(Long::max, 0);
        BulkTransfer[] transfers = new BulkTransfer[2];
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    if (connection.readHead().startsWith("POST")) {
                        transfers[0].receive(connection.in());
                        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    } else {
                        connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + BULK_BYTES + "\r\n\r\n");
                        transfers[1].send(connection::write);
                    }
                });
                ProtocolChain chain = chain(upstream.port());
                RawClient client = new RawClient(chain.inbound())) {
            long beforeBytes = directBytes(chain);
            Runnable measure = () -> most.accumulate(directBytes(chain) - beforeBytes);
            transfers[0] = new BulkTransfer(BULK_BYTES, measure);
            transfers[1] = new BulkTransfer(BULK_BYTES, measure);
            client.send("POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: " + BULK_BYTES + "\r\n\r\n");
            transfers[0].send(client::send);
            String answer = client.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            transfers[0].assertWhole();
            client.send("GET /down HTTP/1.1\r\nHost: h\r\n\r\n").readUntil("\r\n\r\n");
            transfers[1].receive(client.in());
            transfers[1].assertWhole();
            assertTrue(most.get() < UNDER_WAY_BYTES, most + " bytes for buffers");
            chain.awaitExchanges(2);
        }
    }

    private static long directBytes(ProtocolChain chain) {
        try {
            return (long) chain.middle().metric("outrigger_direct_memory_bytes");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aClientThatLeavesIsLeftAllTheWay() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (request.name().equals("answered")) {
                        request.result("{}");
                        return;
                    }
                    if (!request.name().equals("silent")) {
                        request.stream().event(Rpc.progress("1"));
                    }
                    request.awaitClosed();
                });
                ProtocolChain chain = chain(upstream.port());
                McpCaller listening = new McpCaller(chain.inbound());
                McpCaller calling = new McpCaller(chain.inbound());
                McpCaller waiting = new McpCaller(chain.inbound());
                McpCaller staying = new McpCaller(chain.inbound())) {
            listening.get().event();
            calling.postModern(Rpc.modernCall("1", "streaming")).event();
            waiting.sendModern(Rpc.modernCall("2", "silent"));
            Await.until("all are seen", DEADLINE, () -> upstream.seen().size() == 3);
            listening.connection().reset();
            awaitOpen(upstream, 2);
            calling.connection().reset();
            awaitOpen(upstream, 1);
            waiting.connection().reset();
            awaitOpen(upstream, 0);
            chain.awaitExchanges(3);
            chain.middle().awaitMetric(2, "mcp_tool_execution_total", "status=\"cancelled\"");
            assertEquals(
                    Rpc.result("3", "{}"),
                    staying.postModern(Rpc.modernCall("3", "answered")).text());
            chain.awaitExchanges(4);
            assertEquals(way.http2() ? 1 : 4, chain.connectsToMiddle(), "others' connections stay");
            assertEquals(way.http2Upstream() ? 1 : 4, chain.connectsFromMiddle());
            assertEquals(4, upstream.seen().stream().map(Seen::id).count(), "nothing is sent again");
        }
    }

    private static void awaitOpen(McpUpstream upstream, int expected) {
        Await.until("the upstream has " + expected + " left", DEADLINE, () -> upstream.openConnections() == expected);
    }

    @Test
    void trailersPassBothWays() throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    String head = connection.readHead();
                    seen.add(connection.readHead());
                    connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + (head.contains("/empty") ? "" : "4\r\nbody\r\n") + "0\r\nX-Sum: 42\r\n\r\n");
                });
                ProtocolChain chain = chain(upstream.port());
                RawClient client = new RawClient(chain.inbound())) {
            assertEquals("4\r\nbody\r\n0\r\nx-sum: 42\r\n\r\n", answerWithTrailers(client, "/p", "3\r\nabc\r\n"));
            assertEquals("3\r\nabc\r\n0\r\nx-check: 7\r\n\r\n", lowerCase(seen.remove()));
            assertEquals("0\r\nx-sum: 42\r\n\r\n", answerWithTrailers(client, "/empty", ""));
            assertEquals("0\r\nx-check: 7\r\n\r\n", lowerCase(seen.remove()));
            chain.awaitExchanges(2);
        }
    }

    private static String answerWithTrailers(RawClient client, String path, String chunks) throws IOException {
        String head = client.send("POST " + path + " HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: TE\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\nX-Check: 7\r\n\r\n")
                .readUntil("\r\n\r\n");
        assertTrue(head.startsWith("HTTP/1.1 200 "), head);
        return lowerCase(client.readUntil("\r\n\r\n"));
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    @Test
    void everyExchangeIsCountedOnceByItsStatus() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    WireMessage request = WireMessage.read(connection.in());
                    request.text();
                    connection.write(
                            "HTTP/1.1 " + request.target().substring(1) + " Status\r\nContent-Length: 0\r\n\r\n");
                });
                ProtocolChain chain = chain(upstream.port())) {
            List<CompletableFuture<Void>> running = new ArrayList<>();
            for (int status : STATUSES) {
                running.add(CompletableFuture.runAsync(() -> ask(chain, status)));
            }
            running.forEach(CompletableFuture::join);
            chain.awaitExchanges(3 * CLIENTS);
            for (int status : STATUSES) {
                for (String method : List.of("GET", "POST")) {
                    assertEquals(
                            CLIENTS / 2,
                            chain.middle()
                                    .metric(
                                            "http_requests_total",
                                            "status=\"" + status + '"',
                                            "method=\"" + method + '"'));
                }
            }
            assertEquals(3 * CLIENTS, upstream.requests());
        }
    }

    private static void ask(ProtocolChain chain, int status) {
        try (RawClient client = new RawClient(chain.inbound())) {
            for (int i = 0; i < CLIENTS / 2; i++) {
                client.send("GET /" + status + " HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();
                client.send("POST /" + status + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
                        .readResponse();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
