package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.LastRefusals;
import dev.outrigger.record.ListenerCounts;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.RefusalReason;
import dev.outrigger.record.RefusedRequest;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.resilience.ManualTicks;
import dev.outrigger.time.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client's connection without a socket: what it says, when it goes on, when it ends. */
class DownstreamHandlerTest {
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration DRAIN_IDLE = Duration.ofSeconds(5);
    private static final Duration FIRST_REQUEST = Duration.ofSeconds(3);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final ManualClock clock = new ManualClock();
    private final ManualTicks ticks = new ManualTicks(clock);
    private final List<Throwable> defects = new ArrayList<>();
    private final LoopMetrics metrics = new LoopMetrics();
    private final Requests requests = new Requests();
    private EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void connect() {
        serve(Rules.STRICT);
    }

    private void serve(HttpRulesConfig rules) {
        DownstreamSettings settings = new DownstreamSettings(
                "inbound",
                EntranceSettings.HTTP,
                new HttpLimits(1024, 4096, 50),
                SmallHttp2.LIMITS,
                rules,
                HEAD_TIMEOUT.toNanos(),
                IDLE_TIMEOUT.toNanos(),
                DRAIN_IDLE.toNanos(),
                (where, defect) -> defects.add(defect));
        LoopTimers timers = new LoopTimers(clock, ticks);
        channel.finishAndReleaseAll();
        channel = new EmbeddedChannel();
        new DownstreamInitializer(settings, TlsSource.NONE, clock)
                .initialize(channel, requests, OpaqueConnections.NONE, timers, metrics);
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
        assertTrue(defects.isEmpty(), defects.toString());
    }

    @Test
    void aConnectionThatDrainsSaysSoWithItsAnswerAndEnds() {
        receive(GET);
        drain();
        assertTrue(channel.isOpen(), "the answer is still to come");
        answer("done");
        String sent = sent();
        assertTrue(sent.contains("connection: close\r\n"), sent);
        assertTrue(sent.endsWith("done"), sent);
        assertFalse(channel.isOpen());
    }

    @Test
    void anIdleConnectionThatDrainsHasTimeForARequestThatIsUnderWay() {
        receive(GET);
        answer("first");
        assertFalse(sent().contains("connection: close"));
        drain();
        ticks.advance(DRAIN_IDLE.minus(TICK));
        assertTrue(channel.isOpen());
        receive(GET);
        answer("last");
        String sent = sent();
        assertTrue(sent.contains("connection: close\r\n"), sent);
        assertFalse(channel.isOpen());
    }

    @Test
    void anIdleConnectionThatDrainsAndStaysIdleEnds() {
        receive(GET);
        answer("done");
        drain();
        ticks.advance(Duration.ofSeconds(2));
        drain();
        ticks.advance(DRAIN_IDLE.minusSeconds(2).plus(TICK));
        assertFalse(channel.isOpen(), "being told again gives no more time");
        assertEquals(1, requests.opened);
    }

    @Test
    void aNewConnectionThatDrainsIsAwaitedOnlyBriefly() {
        ticks.advance(FIRST_REQUEST.minus(TICK));
        drain();
        assertTrue(channel.isOpen(), "its first request may be under way");
        ticks.advance(TICK.multipliedBy(2));
        assertFalse(channel.isOpen());
    }

    @Test
    void aConnectionThatNeverSentAnythingKeepsNoDrainWaiting() {
        ticks.advance(FIRST_REQUEST.plusSeconds(1));
        drain();
        ticks.advance(TICK);
        assertFalse(channel.isOpen());
    }

    @Test
    void aHeadThatHasBegunMayEndWhileItsConnectionDrains() {
        receive(GET);
        answer("first");
        receive("GET / HT");
        drain();
        ticks.advance(DRAIN_IDLE.plusSeconds(1));
        receive("TP/1.1\r\nHost: a\r\n\r\n");
        assertEquals(2, requests.opened);
        answer("last");
        assertTrue(sent().endsWith("last"));
        assertFalse(channel.isOpen());
    }

    @Test
    void whatWasPromisedBeforeTheDrainIsKept() {
        receive(GET);
        DownstreamStream stream = Objects.requireNonNull(requests.stream);
        stream.writeHead(head());
        drain();
        stream.writeContent(LastHttpContent.EMPTY_LAST_CONTENT);
        stream.flush();
        assertFalse(sent().contains("connection: close"));
        assertTrue(channel.isOpen(), "the client was told that it may go on");
        receive(GET);
        answer("last");
        assertTrue(sent().contains("connection: close\r\n"));
        assertFalse(channel.isOpen());
    }

    @Test
    void anExchangeIsAskedWheneverItsConnectionIs() {
        drain();
        assertEquals(0, requests.drains);
        receive(GET);
        drain();
        drain();
        assertEquals(2, requests.drains);
        assertEquals(0, requests.deadlines);
        answer("done");
        assertFalse(channel.isOpen());
    }

    @Test
    void anIdleConnectionEndsAtTheDeadline() {
        receive(GET);
        answer("done");
        drain();
        channel.pipeline().fireUserEventTriggered(DrainEvent.DEADLINE);
        assertFalse(channel.isOpen());
        assertEquals(0, requests.deadlines);
    }

    @Test
    void anExchangeIsTheOneToEndAtTheDeadline() {
        receive(GET);
        DownstreamStream stream = Objects.requireNonNull(requests.stream);
        stream.writeHead(head());
        channel.pipeline().fireUserEventTriggered(DrainEvent.DEADLINE);
        assertEquals(1, requests.deadlines);
        assertTrue(channel.isOpen());
        stream.writeContent(LastHttpContent.EMPTY_LAST_CONTENT);
        stream.flush();
        assertTrue(sent().endsWith("0\r\n\r\n"));
        assertFalse(channel.isOpen(), "no time for another request, whatever the head said");
    }

    @Test
    void thePipelinedRequestWaitsForItsTurn() {
        receive(GET + GET);
        assertEquals(1, requests.opened);
        answer("1");
        assertEquals(2, requests.opened);
        answer("2");
        assertTrue(sent().endsWith("2"));
    }

    @Test
    void anAnswerBeforeTheEndOfItsRequestDropsTheRest() {
        receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
        answer("early");
        receive("cd" + GET);
        assertEquals(2, requests.opened);
        assertEquals("ab", requests.received.toString());
    }

    @Test
    void whoNeverStopsSendingAnAnsweredRequestIsCut() {
        receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\nab");
        answer("early");
        for (int i = 0; i < 20 && channel.isOpen(); i++) {
            receive("x".repeat(64 * 1024));
        }
        assertFalse(channel.isOpen());
    }

    @Test
    void aClientThatSendsNothingIsLetGo() {
        ticks.advance(HEAD_TIMEOUT.plusMillis(20));
        assertFalse(channel.isOpen());
        assertEquals("", sent());
    }

    @Test
    void aHeadThatDoesNotEndIsAnswered() {
        receive("GET / HT");
        ticks.advance(HEAD_TIMEOUT.plusMillis(20));
        assertTrue(sent().startsWith("HTTP/1.1 408 "));
        assertFalse(channel.isOpen());
        assertEquals(1, refusals(RefusalReason.HEAD_TIMEOUT));
        assertEquals(1, closes(CloseReason.HEAD_TIMEOUT));
    }

    @Test
    void aRequestUnderWayHasAllTheTimeThatItsExchangeGivesIt() {
        receive(GET);
        ticks.advance(IDLE_TIMEOUT.multipliedBy(3));
        assertTrue(channel.isOpen());
        answer("late");
        ticks.advance(IDLE_TIMEOUT.minusSeconds(1));
        assertTrue(channel.isOpen());
        ticks.advance(Duration.ofSeconds(2));
        assertFalse(channel.isOpen(), "idle for too long");
    }

    @Test
    void aClientThatLeavesIsReportedOnce() {
        receive(GET);
        channel.close();
        assertEquals(1, requests.closed);
    }

    @Test
    void anAbortedAnswerIsSentAsFarAsItWentAndCut() {
        receive(GET);
        Objects.requireNonNull(requests.stream).writeHead(head());
        Objects.requireNonNull(requests.stream).abort();
        assertTrue(sent().startsWith("HTTP/1.1 200 OK\r\n"));
        assertFalse(channel.isOpen());
    }

    @Test
    void whoPipelinesMoreThanMayWaitIsAnsweredThatMuchAndSentAway() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 0));
        receive(GET.repeat(5));
        answer("1");
        assertFalse(sent().contains("connection: close"));
        answer("2");
        answer("3");
        String sent = sent();
        assertTrue(sent.endsWith("connection: close\r\n\r\n3"), sent);
        assertFalse(channel.isOpen());
        assertEquals(3, requests.opened);
        assertEquals(1, closes(CloseReason.PIPELINED));
    }

    @Test
    void asManyRequestsAsMayWaitAreAnswered() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 0));
        for (int i = 0; i < 10; i++) {
            receive(GET.repeat(3));
            answer("1");
            answer("2");
            answer("3");
        }
        assertEquals(30, requests.opened);
        assertTrue(channel.isOpen());
    }

    @Test
    void aBodyThatTricklesIsEnded() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
        for (int i = 0; i < 9; i++) {
            ticks.advance(Duration.ofSeconds(1));
            receive("x".repeat(50));
        }
        assertNull(requests.broken);
        ticks.advance(Duration.ofSeconds(1).plus(TICK));
        assertEquals(
                Reason.SLOW_REQUEST, Objects.requireNonNull(requests.broken).reason());
        answer("too slow");
        assertTrue(sent().contains("connection: close\r\n"));
        assertFalse(channel.isOpen());
        assertEquals(1, closes(CloseReason.SLOW_BODY));
    }

    @Test
    void aBodyThatComesAtPaceIsWaitedFor() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
        for (int i = 0; i < 60; i++) {
            receive("x".repeat(101));
            ticks.advance(Duration.ofSeconds(1));
        }
        assertNull(requests.broken);
    }

    @Test
    void aClientThatIsNotWaitedForMayBeSilent() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        receive("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
        ticks.advance(Rules.SLOW_GRACE.multipliedBy(3));
        assertNull(requests.broken, "it waits for a 100");
        Objects.requireNonNull(requests.stream).writeContinue();
        Objects.requireNonNull(requests.stream).pauseReading();
        ticks.advance(Rules.SLOW_GRACE.multipliedBy(3));
        assertNull(requests.broken, "nobody reads");
        Objects.requireNonNull(requests.stream).resumeReading();
        ticks.advance(Rules.SLOW_GRACE.multipliedBy(2).plus(TICK));
        assertEquals(
                Reason.SLOW_REQUEST, Objects.requireNonNull(requests.broken).reason());
    }

    @Test
    void aTunnelMayBeSilent() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        receive("POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: chat\r\nContent-Length: 10\r\n\r\nx");
        HttpResponse switching = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        Objects.requireNonNull(requests.stream).switchProtocols(switching);
        ticks.advance(Rules.SLOW_GRACE.multipliedBy(3));
        assertNull(requests.broken, "what comes of it is no body any more");
        assertTrue(channel.isOpen());
    }

    @Test
    void manyRequestsWithPausesBetweenAreNotSlow() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        for (int i = 0; i < 20; i++) {
            receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
            ticks.advance(Duration.ofMillis(100));
            receive("x");
            answer("done");
            ticks.advance(Duration.ofMillis(3900));
        }
        assertNull(requests.broken);
        assertTrue(channel.isOpen());
    }

    @Test
    void aRefusedRequestIsCountedAndKept() {
        receive("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nAuthorization: Bearer x\r\n\r\n");
        assertTrue(sent().startsWith("HTTP/1.1 400 "));
        assertEquals(1, refusals(RefusalReason.HOST));
        assertEquals(1, closes(CloseReason.REFUSED));
        RefusedRequest kept = metrics.lastRefusals().entries().get(0).request();
        assertEquals("GET / HTTP/1.1", kept.requestLine());
        assertEquals(List.of("Host: a", "Host: b", "Authorization: <8 bytes>"), kept.headers());
    }

    @Test
    void ofManyRefusedRequestsTheLastAreKept() {
        for (int i = 0; i < 50; i++) {
            connect();
            receive("GET /" + i + " HTTP/1.1\r\n\r\n");
            channel.finishAndReleaseAll();
        }
        List<LastRefusals.Entry> kept = metrics.lastRefusals().entries();
        assertEquals(16, kept.size());
        assertEquals("GET /34 HTTP/1.1", kept.get(0).request().requestLine());
        assertEquals("GET /49 HTTP/1.1", kept.get(15).request().requestLine());
    }

    @Test
    void aMalformedBodyEndsItsConnectionWithTheAnswer() {
        receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        assertEquals(
                Reason.MALFORMED_REQUEST,
                Objects.requireNonNull(requests.broken).reason());
        answer("malformed");
        assertFalse(channel.isOpen());
        assertEquals(1, closes(CloseReason.REFUSED));
    }

    @Test
    void everyEndHasAReason() {
        receive(GET);
        answer("done");
        ticks.advance(IDLE_TIMEOUT.plus(TICK));
        assertEquals(1, closes(CloseReason.IDLE));
        connect();
        receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        answer("done");
        assertEquals(1, closes(CloseReason.LAST_ANSWER));
        connect();
        channel.close();
        assertEquals(1, closes(CloseReason.CLIENT));
        connect();
        receive(GET);
        drain();
        answer("done");
        assertEquals(1, closes(CloseReason.DRAIN));
        connect();
        receive(GET);
        Objects.requireNonNull(requests.stream).abort();
        assertEquals(1, closes(CloseReason.CUT));
        connect();
        receive(GET);
        channel.pipeline().fireExceptionCaught(new IllegalStateException("a defect"));
        assertEquals(1, closes(CloseReason.DEFECT));
        defects.clear();
    }

    private long refusals(RefusalReason reason) {
        return counts().refused(reason);
    }

    private long closes(CloseReason reason) {
        return counts().closed(reason);
    }

    private ListenerCounts counts() {
        return Objects.requireNonNull(
                metrics.handOver(List.of()).gauges().listeners().get("inbound"));
    }

    private void drain() {
        channel.pipeline().fireUserEventTriggered(DrainEvent.DRAIN);
    }

    private void receive(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private void answer(String body) {
        DownstreamStream stream = Objects.requireNonNull(requests.stream);
        HttpResponse head = head();
        head.headers().set("content-length", body.length());
        stream.writeHead(head);
        stream.writeContent(new DefaultLastHttpContent(Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII)));
        stream.flush();
    }

    private static HttpResponse head() {
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    }

    private String sent() {
        StringBuilder text = new StringBuilder();
        ByteBuf piece;
        while ((piece = channel.readOutbound()) != null) {
            text.append(piece.toString(StandardCharsets.US_ASCII));
            piece.release();
        }
        return text.toString();
    }

    /** Takes requests and leaves the answering to the test. */
    private static final class Requests implements RequestSink.Factory, RequestSink {
        private final StringBuilder received = new StringBuilder();
        private @Nullable DownstreamStream stream;
        private @Nullable Failure broken;
        private int opened;
        private int closed;
        private int drains;
        private int deadlines;

        @Override
        public RequestSink open(DownstreamStream opening, HttpRequest head, ClientInfo client) {
            opened++;
            stream = opening;
            return this;
        }

        @Override
        public void onRequestContent(HttpContent content) {
            if (content != LastHttpContent.EMPTY_LAST_CONTENT) {
                received.append(content.content().toString(StandardCharsets.US_ASCII));
            }
            content.release();
        }

        @Override
        public void onRequestReadComplete() {}

        @Override
        public void onDownstreamWritabilityChanged() {}

        @Override
        public void onRequestBroken(Failure failure) {
            broken = failure;
        }

        @Override
        public void onDownstreamClosed() {
            closed++;
        }

        @Override
        public void onDrain() {
            drains++;
        }

        @Override
        public void onDrainDeadline() {
            deadlines++;
        }
    }
}
