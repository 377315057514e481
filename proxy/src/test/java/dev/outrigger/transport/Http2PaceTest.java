package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.Http2Counts;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.resilience.ManualTicks;
import dev.outrigger.time.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is too slow over HTTP/2: 100 bytes a second, over ten seconds, with everything that the connection carries. */
class Http2PaceTest {
    private static final Duration LATE = Rules.SLOW_GRACE.multipliedBy(3);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LoopMetrics metrics = new LoopMetrics();
    private final ManualClock clock = new ManualClock();
    private final ManualTicks ticks = new ManualTicks(clock);
    private final EmbeddedChannel parent = new EmbeddedChannel();
    private final Http2Counts counts = new Http2Counts();
    private final Http2ServerCodec codec =
            Http2ServerCodec.of(SmallHttp2.LIMITS, 4096, new Http2FloodGuard(SmallHttp2.LIMITS, clock, counts));
    private final ConnectionEnd end = ConnectionEnd.of(parent, metrics.listener("inbound"));
    private final List<Stream> streams = new ArrayList<>();
    private final Http2ServerConnection connection = connection();

    private Http2ServerConnection connection() {
        DownstreamSettings settings = new DownstreamSettings(
                "inbound",
                EntranceSettings.HTTP,
                new HttpLimits(1024, 4096, 50),
                SmallHttp2.LIMITS,
                Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 16, 100),
                Duration.ofMinutes(1).toNanos(),
                Duration.ofMinutes(5).toNanos(),
                1,
                (where, defect) -> {
                    throw new AssertionError(where, defect);
                });
        return new Http2ServerConnection(
                settings,
                (stream, head, client) -> streams.get(streams.size() - 1).opened(stream),
                new RequestRules(settings.limits(), settings.rules(), false),
                codec,
                new Http2Gate(),
                end,
                new ConnectionLife(settings, new ReadSwitch(parent), end, new LoopTimers(clock, ticks), clock),
                counts,
                clock);
    }

    @BeforeEach
    void connect() {
        codec.owner(connection);
        parent.pipeline().addLast(codec, connection);
        parent.pipeline().fireChannelActive();
    }

    @AfterEach
    void release() {
        streams.forEach(stream -> stream.channel.finishAndReleaseAll());
        parent.finishAndReleaseAll();
    }

    @Test
    void aBodyThatTricklesEndsWithItsConnection() {
        Stream slow = open(post());
        for (int i = 0; i < 9; i++) {
            ticks.advance(SECOND);
            slow.receive(50);
        }
        assertEquals(List.of(), slow.broken);
        ticks.advance(SECOND.multipliedBy(2));
        assertEquals(List.of(Reason.SLOW_REQUEST), slow.broken);
        assertEquals(CloseReason.SLOW_BODY, end.reason());
        assertFalse(parent.isOpen());
    }

    @Test
    void bodiesThatMoveTogetherAsTheyShouldAreWaitedFor() {
        Stream one = open(post());
        Stream other = open(post());
        for (int i = 0; i < 60; i++) {
            one.receive(51);
            other.receive(51);
            ticks.advance(SECOND);
        }
        assertEquals(List.of(), one.broken);
        assertEquals(List.of(), other.broken);
    }

    @Test
    void aStreamThatWaitsForItsAnswerExcusesNoSlowBodyAndLivesOn() {
        Stream waiting = open(get());
        waiting.end();
        Stream slow = open(post());
        ticks.advance(LATE);
        assertEquals(List.of(Reason.SLOW_REQUEST), slow.broken);
        assertEquals(List.of(), waiting.broken);
        assertTrue(parent.isOpen());
        assertEquals(CloseReason.CLIENT, end.reason(), "nobody here has ended it");
    }

    @Test
    void newRequestsExcuseNoSlowBody() {
        Stream slow = open(post());
        for (int i = 0; i < 4; i++) {
            ticks.advance(Duration.ofSeconds(4));
            open(get()).end();
        }
        assertEquals(List.of(Reason.SLOW_REQUEST), slow.broken);
    }

    @Test
    void aBodyThatHasOnlyBegunIsNotSlow() {
        Stream first = open(post());
        ticks.advance(SECOND.multipliedBy(5));
        first.end();
        Stream second = open(post());
        ticks.advance(SECOND.multipliedBy(6));
        assertEquals(List.of(), second.broken);
        ticks.advance(LATE);
        assertEquals(List.of(Reason.SLOW_REQUEST), second.broken);
    }

    @Test
    void aBodyThatNobodyReadsIsNotSlow() {
        Stream paused = open(post());
        paused.answer().pauseReading();
        ticks.advance(LATE);
        assertEquals(List.of(), paused.broken);
        paused.answer().resumeReading();
        ticks.advance(LATE);
        assertEquals(List.of(Reason.SLOW_REQUEST), paused.broken);
    }

    @Test
    void aConversationMayBeSilent() {
        Stream grpc = open(post().add("content-type", "application/grpc+proto"));
        ticks.advance(LATE);
        assertEquals(List.of(), grpc.broken);
        assertTrue(parent.isOpen());
    }

    @Test
    void aTunnelMayBeSilent() {
        Stream tunnel = open(get().method("CONNECT").add(":protocol", "websocket"));
        tunnel.answer().switchProtocols(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        tunnel.answer().resumeReading();
        ticks.advance(LATE);
        assertEquals(List.of(), tunnel.broken);
        assertTrue(parent.isOpen());
    }

    @Test
    void anAnswerThatItsWindowHoldsBackIsTakenTooSlowly() {
        Stream held = open(get());
        held.end();
        held.answer().writeHead(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        held.answer().writeContent(new DefaultHttpContent(Unpooled.buffer().writeZero(200_000)));
        assertFalse(held.channel.isWritable());
        ticks.advance(LATE);
        assertEquals(CloseReason.SLOW_READ, end.reason());
        assertFalse(parent.isOpen());
    }

    private static Http2Headers get() {
        return new DefaultHttp2Headers(false)
                .method("GET")
                .scheme("http")
                .authority("a")
                .path("/");
    }

    private static Http2Headers post() {
        return get().method("POST");
    }

    private Stream open(Http2Headers head) {
        Stream stream = new Stream();
        streams.add(stream);
        stream.begin(head);
        return stream;
    }

    private final class Stream implements RequestSink {
        private final List<Reason> broken = new ArrayList<>();
        private final EmbeddedChannel channel = new EmbeddedChannel(new Http2RequestStream(connection));
        private final List<DownstreamStream> answers = new ArrayList<>();

        private void begin(Http2Headers head) {
            channel.writeInbound(new DefaultHttp2HeadersFrame(head, false));
            parent.pipeline().fireChannelReadComplete();
        }

        private Stream opened(DownstreamStream stream) {
            answers.add(stream);
            return this;
        }

        private DownstreamStream answer() {
            return answers.get(0);
        }

        private void receive(int bytes) {
            ByteBuf data = Unpooled.buffer().writeZero(bytes);
            channel.writeInbound(new DefaultHttp2DataFrame(data, false));
            parent.pipeline().fireChannelReadComplete();
        }

        private void end() {
            channel.writeInbound(new DefaultHttp2DataFrame(true));
            parent.pipeline().fireChannelReadComplete();
        }

        @Override
        public void onRequestContent(HttpContent content) {
            content.release();
        }

        @Override
        public void onRequestReadComplete() {}

        @Override
        public void onDownstreamWritabilityChanged() {}

        @Override
        public void onRequestBroken(Failure failure) {
            broken.add(failure.reason());
        }

        @Override
        public void onDownstreamClosed() {}

        @Override
        public void onDrain() {}

        @Override
        public void onDrainDeadline() {}
    }
}
