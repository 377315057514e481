package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.FrameServer;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gRPC's own client and server with the sidecar between them. */
class GrpcIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int MESSAGES = 50;
    private static final MethodDescriptor<byte[], byte[]> UNARY = method(MethodType.UNARY, "Unary");
    private static final MethodDescriptor<byte[], byte[]> DOWN = method(MethodType.SERVER_STREAMING, "Down");
    private static final MethodDescriptor<byte[], byte[]> UP = method(MethodType.CLIENT_STREAMING, "Up");
    private static final MethodDescriptor<byte[], byte[]> BOTH = method(MethodType.BIDI_STREAMING, "Both");
    private static final Metadata.Key<String> NOTE = Metadata.Key.of("x-note", Metadata.ASCII_STRING_MARSHALLER);

    private final AtomicBoolean hangs = new AtomicBoolean();
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private Server server;
    private RunningSidecar sidecar;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service())
                .maxInboundMessageSize(8 * 1024 * 1024);
        prepare(builder);
        server = builder.build().start();
        connect(server.getPort(), "", upstreamSettings());
    }

    private void connect(int port, String route, String upstream) throws Exception {
        stopClient();
        sidecar = RunningSidecar.beforeWithRoute(
                port, route, "upstreams.app.protocol = auto", upstream, listenerSettings());
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(sidecar.inbound()).maxInboundMessageSize(8 * 1024 * 1024);
        prepare(builder);
        channel = builder.build();
    }

    /** Before the server starts. */
    void prepare(NettyServerBuilder builder) throws Exception {}

    /** Before the client connects. */
    void prepare(NettyChannelBuilder builder) throws Exception {
        builder.usePlaintext();
    }

    /** What the sidecar needs to know of the server's connections. */
    String upstreamSettings() {
        return "";
    }

    /** What it needs to know of the client's. */
    String listenerSettings() {
        return "";
    }

    private void stopClient() {
        if (channel != null) {
            channel.shutdownNow();
            sidecar.close();
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        stopClient();
        server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("test.Echo")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
                .addMethod(DOWN, ServerCalls.asyncServerStreamingCall((request, answers) -> {
                    for (int i = 0; i < MESSAGES; i++) {
                        answers.onNext(bytes(text(request) + i));
                    }
                    answers.onCompleted();
                }))
                .addMethod(UP, ServerCalls.asyncClientStreamingCall(answers -> new Collecting(answers)))
                .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(answers -> new Echoing(answers)))
                .build();
    }

    private void unary(byte[] request, StreamObserver<byte[]> answer) {
        String asked = text(request);
        if (asked.startsWith("fail ")) {
            Metadata trailers = new Metadata();
            trailers.put(NOTE, "why");
            answer.onError(Status.fromCodeValue(Integer.parseInt(asked.substring(5)))
                    .withDescription("as wished: 100 %")
                    .asRuntimeException(trailers));
        } else if (asked.equals("hang")) {
            Context.current().addListener(context -> cancelled.set(true), Runnable::run);
            hangs.set(true);
        } else {
            answer.onNext(request);
            answer.onCompleted();
        }
    }

    @Test
    void aUnaryCallPasses() throws Exception {
        assertEquals("hello", text(unary("hello")));
        sidecar.awaitMetric(1, "outrigger_grpc_responses_total", "grpc_status=\"0\"");
        assertEquals(1, sidecar.metric("circuit_breaker_calls_total", "outcome=\"success\""));
    }

    @Test
    void aLargeMessagePassesBothWays() {
        byte[] large = "0123456789".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        assertArrayEquals(large, ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, large));
    }

    @Test
    void theServerStreams() {
        Iterator<byte[]> answers =
                ClientCalls.blockingServerStreamingCall(channel, DOWN, CallOptions.DEFAULT, bytes("n"));
        for (int i = 0; i < MESSAGES; i++) {
            assertEquals("n" + i, text(answers.next()));
        }
        assertEquals(false, answers.hasNext());
    }

    @Test
    void theClientStreams() throws Exception {
        Answers answers = new Answers();
        StreamObserver<byte[]> requests =
                ClientCalls.asyncClientStreamingCall(channel.newCall(UP, CallOptions.DEFAULT), answers);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < MESSAGES; i++) {
            requests.onNext(bytes(i + ","));
            all.append(i).append(',');
        }
        requests.onCompleted();
        assertEquals(all.toString(), answers.next());
        answers.awaitEnd(Status.Code.OK);
    }

    @Test
    void bothStreamAndEachMessageIsAnsweredBeforeTheNext() throws Exception {
        Answers answers = new Answers();
        StreamObserver<byte[]> requests =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(BOTH, CallOptions.DEFAULT), answers);
        for (int i = 0; i < MESSAGES; i++) {
            requests.onNext(bytes("m" + i));
            assertEquals("m" + i, answers.next());
        }
        requests.onCompleted();
        answers.awaitEnd(Status.Code.OK);
    }

    @Test
    void theServersErrorsPassAndTheirTrailers() throws Exception {
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, () -> unary("fail 5"));
        assertEquals(Status.Code.NOT_FOUND, failure.getStatus().getCode());
        assertEquals("as wished: 100 %", failure.getStatus().getDescription());
        assertEquals("why", failure.getTrailers().get(NOTE));
        sidecar.awaitMetric(1, "outrigger_grpc_responses_total", "grpc_status=\"5\"");
        assertEquals(0, sidecar.metric("circuit_breaker_calls_total", "outcome=\"failure\""));
    }

    @Test
    void anErrorThatBlamesTheServerCountsForTheBreaker() throws Exception {
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, () -> unary("fail 14"));
        assertEquals(Status.Code.UNAVAILABLE, failure.getStatus().getCode());
        sidecar.awaitMetric(1, "circuit_breaker_calls_total", "outcome=\"failure\"");
    }

    @Test
    void aCallThatTheClientCancelsIsCancelledAtTheServer() throws Exception {
        Answers answers = new Answers();
        var call = channel.newCall(UNARY, CallOptions.DEFAULT);
        ClientCalls.asyncUnaryCall(call, bytes("hang"), answers);
        Await.until("the server has it", DEADLINE, hangs::get);
        call.cancel("enough", null);
        Await.until("the server knows", DEADLINE, cancelled::get);
        assertEquals(1, sidecar.metric("upstream_connections"), "the connection goes on");
    }

    @Test
    void aCallThatTakesTooLongIsPastItsDeadline() throws Exception {
        connect(server.getPort(), "timeout = 3s", upstreamSettings());
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, () -> unary("hang"));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, failure.getStatus().getCode());
        Await.until("the server knows", DEADLINE, cancelled::get);
        sidecar.awaitMetric(1, "outrigger_grpc_responses_total", "grpc_status=\"4\"");
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() throws Exception {
        connect(ScriptedUpstream.refusingPort(), "", upstreamSettings());
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, () -> unary("x"));
        assertEquals(Status.Code.UNAVAILABLE, failure.getStatus().getCode());
        assertTrue(
                String.valueOf(failure.getStatus().getDescription()).contains("connect_refused"), failure.toString());
    }

    @Test
    void anAnswerThatBreaksOffEndsWithTheReason() throws Exception {
        try (FrameServer broken = new FrameServer((stream, whole) -> {
            if (whole) {
                stream.headers(new DefaultHttp2Headers().status("200").add("content-type", "application/grpc"), false);
                stream.reset(Http2Error.INTERNAL_ERROR);
            }
        })) {
            connect(broken.port(), "", "");
            StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, () -> unary("x"));
            assertEquals(Status.Code.UNAVAILABLE, failure.getStatus().getCode());
            assertTrue(
                    String.valueOf(failure.getStatus().getDescription()).contains("closed_in_response"),
                    failure.toString());
        }
    }

    private byte[] unary(String text) {
        return ClientCalls.blockingUnaryCall(
                channel, UNARY, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static MethodDescriptor<byte[], byte[]> method(MethodType type, String name) {
        return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setType(type)
                .setFullMethodName("test.Echo/" + name)
                .build();
    }

    /** Messages that are nothing but bytes. */
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

    /** Answers at the end with everything that has come. */
    private static final class Collecting implements StreamObserver<byte[]> {
        private final StreamObserver<byte[]> answer;
        private final StringBuilder all = new StringBuilder();

        private Collecting(StreamObserver<byte[]> answer) {
            this.answer = answer;
        }

        @Override
        public void onNext(byte[] message) {
            all.append(text(message));
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
            answer.onNext(bytes(all.toString()));
            answer.onCompleted();
        }
    }

    private static final class Echoing implements StreamObserver<byte[]> {
        private final StreamObserver<byte[]> answers;

        private Echoing(StreamObserver<byte[]> answers) {
            this.answers = answers;
        }

        @Override
        public void onNext(byte[] message) {
            answers.onNext(message);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }

    /** What a client gets, to be taken by the test. */
    private static final class Answers implements StreamObserver<byte[]> {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> end = new LinkedBlockingQueue<>();

        @Override
        public void onNext(byte[] message) {
            messages.add(text(message));
        }

        @Override
        public void onError(Throwable failure) {
            end.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.add(Status.OK);
        }

        String next() throws InterruptedException {
            return String.valueOf(messages.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS));
        }

        void awaitEnd(Status.Code expected) throws InterruptedException {
            Status status = end.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertEquals(expected, status == null ? null : status.getCode());
        }
    }
}
