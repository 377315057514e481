package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Failure;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
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
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One stream without a connection: what of its frames the exchange hears, and what frames the exchange makes. */
class Http2RequestStreamTest {
    private final LoopMetrics metrics = new LoopMetrics();
    private final List<String> heard = new ArrayList<>();
    private @Nullable HttpRequest request;
    private @Nullable DownstreamStream answer;
    private final EmbeddedChannel parent = new EmbeddedChannel();
    private EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void open() {
        ManualClock clock = new ManualClock();
        DownstreamSettings settings = new DownstreamSettings(
                "inbound",
                EntranceSettings.HTTP,
                new HttpLimits(1024, 4096, 50),
                SmallHttp2.LIMITS,
                Rules.STRICT,
                1,
                Duration.ofMinutes(5).toNanos(),
                1,
                (where, defect) -> heard.add("defect " + defect));
        Http2Counts counts = new Http2Counts();
        Http2ServerCodec codec =
                Http2ServerCodec.of(SmallHttp2.LIMITS, 4096, new Http2FloodGuard(SmallHttp2.LIMITS, clock, counts));
        ConnectionEnd end = ConnectionEnd.of(parent, metrics.listener("inbound"));
        ConnectionLife life = new ConnectionLife(
                settings, new ReadSwitch(parent), end, new LoopTimers(clock, new ManualTicks(clock)), clock);
        Http2ServerConnection connection = new Http2ServerConnection(
                settings,
                new Exchanges(),
                new RequestRules(settings.limits(), settings.rules(), false),
                codec,
                new Http2Gate(),
                end,
                life,
                counts,
                clock);
        codec.owner(connection);
        parent.pipeline().addLast(codec, connection);
        channel = new EmbeddedChannel(new Http2RequestStream(connection));
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
        parent.finishAndReleaseAll();
        assertTrue(heard.stream().noneMatch(event -> event.startsWith("defect")), heard.toString());
    }

    @Test
    void aRequestIsHeardAsHeadContentsAndEnd() {
        receive(post(), false);
        receive("one", false);
        receive("", false);
        receive("two", true);
        assertEquals(List.of("content one", "last two"), heard);
        assertEquals("a", Objects.requireNonNull(request).headers().get("host"));
    }

    @Test
    void aRequestWithoutABodyEndsWithItsHead() {
        receive(get(), true);
        assertEquals(List.of("last "), heard);
    }

    @Test
    void trailersEndARequest() {
        receive(post(), false);
        channel.writeInbound(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().add("x-sum", "1"), true));
        assertEquals(List.of("last x-sum"), heard);
    }

    @Test
    void anAnswerWithoutABodyIsOneFrame() {
        receive(get(), true);
        head(200);
        answer().writeContent(LastHttpContent.EMPTY_LAST_CONTENT);
        answer().flush();
        Http2HeadersFrame only = channel.readOutbound();
        assertTrue(only.isEndStream());
        assertEquals("200", only.headers().status().toString());
        assertNull(channel.readOutbound());
    }

    @Test
    void aHeadIsNotHeldBackLongerThanItsTurn() {
        receive(get(), true);
        head(200);
        assertNull(channel.readOutbound(), "more may follow at once");
        answer().flush();
        Http2HeadersFrame head = channel.readOutbound();
        assertFalse(head.isEndStream());
    }

    @Test
    void trailersFollowTheBodyAndEndTheAnswer() {
        receive(get(), true);
        head(200);
        DefaultLastHttpContent last = new DefaultLastHttpContent(bytes("body"));
        last.trailingHeaders().set("Grpc-Status", "0");
        answer().writeContent(last);
        answer().flush();
        assertInstanceOf(Http2HeadersFrame.class, channel.readOutbound());
        Http2DataFrame data = channel.readOutbound();
        assertFalse(data.isEndStream());
        data.release();
        Http2HeadersFrame trailers = channel.readOutbound();
        assertTrue(trailers.isEndStream());
        assertNotNull(trailers.headers().get("grpc-status"));
    }

    @Test
    void anAnswerToHeadHasNoBody() {
        receive(get().method("HEAD"), true);
        head(503);
        answer().writeContent(new DefaultLastHttpContent(bytes("why")));
        answer().flush();
        Http2HeadersFrame only = channel.readOutbound();
        assertTrue(only.isEndStream());
        assertNull(channel.readOutbound());
    }

    @Test
    void anAnswerThatIsCompleteEarlyStopsTheRequest() {
        receive(post(), false);
        head(200);
        answer().writeContent(LastHttpContent.EMPTY_LAST_CONTENT);
        answer().flush();
        assertInstanceOf(Http2HeadersFrame.class, channel.readOutbound());
        assertReset(Http2Error.NO_ERROR);
    }

    @Test
    void anAnswerThatBreaksOffSendsWhatItHasAndIsReset() {
        receive(get(), true);
        head(200);
        answer().writeContent(new DefaultHttpContent(bytes("half")));
        answer().abort();
        assertInstanceOf(Http2HeadersFrame.class, channel.readOutbound());
        Http2DataFrame half = channel.readOutbound();
        assertFalse(half.isEndStream());
        half.release();
        assertReset(Http2Error.INTERNAL_ERROR);
        answer().writeContent(new DefaultLastHttpContent(bytes("too late")));
        assertNull(channel.readOutbound());
    }

    @Test
    void aResetOfTheClientIsHeardAtOnceAndOnce() {
        receive(post(), false);
        channel.pipeline().fireUserEventTriggered(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
        assertEquals(List.of("gone"), heard);
        channel.close();
        assertEquals(List.of("gone"), heard);
    }

    @Test
    void aMalformedHeadIsResetBeforeAnybodyHearsOfIt() {
        receive(get().add("host", "elsewhere"), true);
        assertReset(Http2Error.PROTOCOL_ERROR);
        assertEquals(List.of(), heard);
        assertEquals(1, refused());
    }

    @Test
    void whatTheRulesOfHttpForbidIsAnsweredOnItsStream() {
        receive(get().path("/a\\b"), true);
        Http2HeadersFrame head = channel.readOutbound();
        assertEquals("400", head.headers().status().toString());
        assertNull(head.headers().get("connection"));
        Http2DataFrame body = channel.readOutbound();
        assertTrue(body.isEndStream());
        body.release();
        assertEquals(List.of(), heard);
        assertEquals(1, refused());
    }

    @Test
    void anExtendedConnectIsAnUpgradeWithoutABody() {
        Http2Headers connect = get().method("CONNECT").add(":protocol", "websocket");
        receive(connect, false);
        receive("frames", false);
        assertEquals(List.of("last "), heard);
        HttpRequest upgrade = Objects.requireNonNull(request);
        assertEquals("websocket", upgrade.headers().get("upgrade"));
        assertEquals(24, upgrade.headers().get("sec-websocket-key").length());
    }

    @Test
    void readingPausesAndGoesOn() {
        receive(post(), false);
        answer().pauseReading();
        assertFalse(channel.config().isAutoRead());
        answer().resumeReading();
        assertTrue(channel.config().isAutoRead());
    }

    private void assertReset(Http2Error error) {
        Http2ResetFrame reset = channel.readOutbound();
        assertEquals(error.code(), reset.errorCode());
    }

    private DownstreamStream answer() {
        return Objects.requireNonNull(answer);
    }

    private void head(int status) {
        answer().writeHead(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status)));
    }

    private void receive(Http2Headers head, boolean ends) {
        channel.writeInbound(new DefaultHttp2HeadersFrame(head, ends));
    }

    private void receive(String data, boolean ends) {
        channel.writeInbound(new DefaultHttp2DataFrame(bytes(data), ends));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private static Http2Headers get() {
        return new DefaultHttp2Headers(false)
                .method("GET")
                .scheme("http")
                .authority("a")
                .path("/");
    }

    /** Requests that were refused before they were any. */
    private long refused() {
        return LongStream.of(metrics.handOver(List.of())
                        .gauges()
                        .listeners()
                        .get("inbound")
                        .refused())
                .sum();
    }

    private static Http2Headers post() {
        return get().method("POST");
    }

    private final class Exchanges implements RequestSink.Factory {
        @Override
        public RequestSink open(DownstreamStream stream, HttpRequest head, ClientInfo client) {
            assertTrue(client.http2());
            request = head;
            answer = stream;
            return new Sink();
        }
    }

    private final class Sink implements RequestSink {
        @Override
        public void onRequestContent(HttpContent content) {
            String text = content.content().toString(StandardCharsets.UTF_8);
            String trailers = content instanceof LastHttpContent last
                    ? String.join(",", last.trailingHeaders().names())
                    : "";
            heard.add((content instanceof LastHttpContent ? "last " : "content ") + text + trailers);
            content.release();
        }

        @Override
        public void onRequestReadComplete() {}

        @Override
        public void onDownstreamWritabilityChanged() {}

        @Override
        public void onRequestBroken(Failure failure) {
            heard.add("broken");
        }

        @Override
        public void onDownstreamClosed() {
            heard.add("gone");
        }

        @Override
        public void onDrain() {}

        @Override
        public void onDrainDeadline() {}
    }
}
