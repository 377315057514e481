package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.outrigger.config.model.Secret;
import dev.outrigger.config.model.TracingConfig;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Records;
import dev.outrigger.record.TraceContext;
import dev.outrigger.testing.Await;
import dev.outrigger.time.NanoClock;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Spans as a real receiver gets them, over both protocols. */
@Timeout(120)
class SpanExportIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final WallClock wall = new WallClock(NanoClock.SYSTEM, Clock.systemUTC());
    private final List<ExportTraceServiceRequest> received = new CopyOnWriteArrayList<>();
    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final DropCounter lost = new DropCounter();

    @Test
    void overHttp() throws IOException {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            paths.add(exchange.getRequestURI().getPath());
            tokens.add(exchange.getRequestHeaders().getFirst("Api-Key"));
            received.add(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
            byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.close();
        });
        receiver.start();
        try {
            ExchangeRecord record =
                    export(TracingConfig.Protocol.HTTP, receiver.getAddress().getPort());
            expectSpanOf(record);
            assertEquals(List.of("/v1/traces"), paths);
            assertEquals(List.of("k 1"), tokens);
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    void overGrpc() throws IOException {
        Server receiver = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new TraceServiceGrpc.TraceServiceImplBase() {
                    @Override
                    public void export(
                            ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answer) {
                        received.add(request);
                        answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
                        answer.onCompleted();
                    }
                })
                .intercept(new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                        tokens.add(headers.get(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER)));
                        return next.startCall(call, headers);
                    }
                })
                .build()
                .start();
        try {
            expectSpanOf(export(TracingConfig.Protocol.GRPC, receiver.getPort()));
            assertEquals(List.of("k 1"), tokens);
        } finally {
            receiver.shutdownNow();
        }
    }

    @Test
    void aReceiverThatIsAwayCostsTheSpansAndHoldsUpNobody() throws IOException {
        int closedPort = closedPort();
        SpanObserver observer = open(TracingConfig.Protocol.HTTP, closedPort);
        observer.onFinish(Records.sampled(Records.toolCall("echo", Duration.ofMillis(3)), 1, 2));

        Await.until("the export has failed", LIMIT, () -> lost.getAsLong() == 1);
        observer.close();
        assertTrue(observer.lastExport().isEmpty());
    }

    private ExchangeRecord export(TracingConfig.Protocol protocol, int port) throws IOException {
        ExchangeRecord record = Records.toolCall("echo", Duration.ofNanos(3_000_001));
        record.startNanos = System.nanoTime();
        record.endNanos = record.startNanos + 3_000_001;
        Records.failed(record, Reason.REQUEST_TIMEOUT);
        new TraceContext(0, new SplittableRandom(9)).start(record, TRACEPARENT, "vendor=1,other=2");
        try (SpanObserver observer = open(protocol, port)) {
            observer.onFinish(record);
            Await.until("it is received", LIMIT, () -> !received.isEmpty());
        }
        return record;
    }

    private SpanObserver open(TracingConfig.Protocol protocol, int port) throws IOException {
        Secret headers = Secret.value("Api-Key=k%201", "OTEL_EXPORTER_OTLP_HEADERS");
        return SpanObserver.open(
                new TracingConfig(true, "http://127.0.0.1:" + port, protocol, 1, Optional.of(headers)),
                "shop",
                "1.2.3",
                wall,
                lost);
    }

    private void expectSpanOf(ExchangeRecord record) {
        assertEquals(1, received.size());
        ResourceSpans spans = received.get(0).getResourceSpans(0);
        Map<String, AnyValue> resource = attributes(spans.getResource().getAttributesList());
        assertEquals("shop", resource.get("service.name").getStringValue());
        assertEquals("1.2.3", resource.get("service.version").getStringValue());
        Span span = spans.getScopeSpans(0).getSpans(0);
        assertEquals("0af7651916cd43dd8448eb211c80319c", hex(span.getTraceId()));
        assertEquals(TraceContext.spanIdHex(record), hex(span.getSpanId()));
        assertEquals("b7ad6b7169203331", hex(span.getParentSpanId()));
        assertEquals("vendor=1,other=2", span.getTraceState());
        assertEquals("tools/call echo", span.getName());
        assertEquals(Span.SpanKind.SPAN_KIND_SERVER, span.getKind());
        assertEquals(3_000_001, span.getEndTimeUnixNano() - span.getStartTimeUnixNano());
        assertTrue(Math.abs(System.currentTimeMillis() - span.getStartTimeUnixNano() / 1_000_000) < 60_000);
        assertEquals(Status.StatusCode.STATUS_CODE_ERROR, span.getStatus().getCode());
        Map<String, AnyValue> attributes = attributes(span.getAttributesList());
        assertEquals("tools/call", attributes.get("mcp.method.name").getStringValue());
        assertEquals("request_timeout", attributes.get("error.type").getStringValue());
        assertEquals(504, attributes.get("http.response.status_code").getIntValue());
    }

    private static Map<String, AnyValue> attributes(List<KeyValue> list) {
        return list.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
