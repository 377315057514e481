package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeEndpointsTest {
    private static final String READY = "/app-health/app/readyz";

    private final Map<String, URI> probes = new ConcurrentHashMap<>();
    private final AppClients clients = new AppClients();
    private final AtomicReference<Headers> seen = new AtomicReference<>();
    private final AtomicReference<String> path = new AtomicReference<>("");
    private HttpServer application;
    private OpsPort port;
    private volatile int status = 200;

    @BeforeEach
    void start() throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/", exchange -> {
            seen.set(exchange.getRequestHeaders());
            path.set(exchange.getRequestURI().toString());
            exchange.getResponseHeaders().add("X-Secret", "of the application");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        application.start();
        port = portAt("127.0.0.1");
    }

    private OpsPort portAt(String address) throws IOException {
        ProbeEndpoints endpoints = new ProbeEndpoints(() -> probes, clients.client());
        return new OpsPort(
                OpsRoutes.builder()
                        .get("/app-health/{container}/{probe}", "a probe", endpoints::ask)
                        .build(),
                List.of(),
                InetAddress.getByName(address));
    }

    @AfterEach
    void stop() {
        port.close();
        application.stop(0);
        clients.close();
    }

    @Test
    void answersAsTheApplicationDoes() throws Exception {
        toApplication("http", "/ready?deep=1");

        assertEquals(200, port.get(READY).statusCode());
        assertEquals("/ready?deep=1", path.get());

        status = 418;
        var answer = port.get(READY);
        assertEquals(418, answer.statusCode());
        assertTrue(answer.headers().firstValue("X-Secret").isEmpty());
    }

    @Test
    void passesHeadersOnAndItsOwnPortNot() throws Exception {
        toApplication("http", "/");

        port.get(READY, "X-Probe", "yes");

        assertEquals("yes", seen.get().getFirst("X-Probe"));
        assertEquals(
                "127.0.0.1:" + application.getAddress().getPort(), seen.get().getFirst("Host"));
        assertEquals("close", seen.get().getFirst("Connection"));
    }

    @Test
    void failsWhereNobodyListens() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        for (String scheme : new String[] {"http", "tcp", "grpc"}) {
            probes.put("app/readyz", URI.create(scheme + "://127.0.0.1:" + free));

            var answer = port.get(READY);

            assertEquals(503, answer.statusCode(), scheme);
            assertFalse(answer.body().contains("127.0.0.1"), answer.body());
        }
    }

    @Test
    void isFineByTcpIfTheApplicationAccepts() throws Exception {
        toApplication("tcp", "");

        assertEquals(200, port.get(READY).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1", "http://localhost", "tcp://127.0.0.1"})
    void findsAnApplicationThatListensToThePodsAddressOnly(String loopback) throws Exception {
        HttpServer own = HttpServer.create(new InetSocketAddress("127.0.0.2", 0), 0);
        own.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        own.start();
        probes.put("app/readyz", URI.create(loopback + ':' + own.getAddress().getPort()));
        try (OpsPort pods = portAt("127.0.0.2")) {
            assertEquals(200, pods.get(READY).statusCode());
        } finally {
            own.stop(0);
        }
    }

    @Test
    void findsAnApplicationThatListensToLoopbackOnly() throws Exception {
        toApplication("http", "/ready");
        try (OpsPort pods = portAt("127.0.0.2")) {
            assertEquals(200, pods.get(READY).statusCode());
        }
    }

    @Test
    void asksNobodyElseThanTheHostThatIsNamed() throws Exception {
        probes.put(
                "app/readyz",
                URI.create("http://127.0.0.3:" + application.getAddress().getPort()));

        assertEquals(503, port.get(READY).statusCode());
    }

    @Test
    void waitsForNothingBehindTheHead() throws Exception {
        application.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, Integer.MAX_VALUE);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
        });
        toApplication("http", "/endless");

        assertEquals(200, port.get(READY).statusCode());
    }

    @Test
    void knowsNoOtherProbes() throws Exception {
        assertEquals(404, port.get("/app-health/app/livez").statusCode());
    }

    @Test
    void failsWhereAnHttpServerIsAskedByGrpc() throws Exception {
        toApplication("grpc", "");

        assertEquals(503, port.get(READY).statusCode());
    }

    @Test
    void asksByTheHealthProtocolOfGrpc() throws Exception {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(health())
                .build()
                .start();
        try {
            String url = "grpc://127.0.0.1:" + server.getPort();
            probes.put("app/livez", URI.create(url));
            probes.put("app/readyz", URI.create(url + "/down"));
            probes.put("app/startupz", URI.create(url + "/unknown"));

            assertEquals(200, port.get("/app-health/app/livez").statusCode());
            assertEquals(503, port.get(READY).statusCode());
            assertEquals(503, port.get("/app-health/app/startupz").statusCode());
        } finally {
            server.shutdownNow();
        }
    }

    private void toApplication(String scheme, String pathAndQuery) {
        probes.put(
                "app/readyz",
                URI.create(scheme + "://127.0.0.1:" + application.getAddress().getPort() + pathAndQuery));
    }

    /** Serves as a whole; of services, "down" does not, and others it does not know. */
    private static ServerServiceDefinition health() {
        MethodDescriptor<byte[], byte[]> check = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("grpc.health.v1.Health/Check")
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
        return ServerServiceDefinition.builder("grpc.health.v1.Health")
                .addMethod(check, ServerCalls.asyncUnaryCall((request, answer) -> {
                    String service = request.length < 2
                            ? ""
                            : new String(request, 2, request.length - 2, StandardCharsets.UTF_8);
                    if (service.equals("unknown")) {
                        answer.onError(Status.NOT_FOUND.asRuntimeException());
                        return;
                    }
                    answer.onNext(new byte[] {8, (byte) (service.isEmpty() ? 1 : 2)});
                    answer.onCompleted();
                }))
                .build();
    }

    /** Messages as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
