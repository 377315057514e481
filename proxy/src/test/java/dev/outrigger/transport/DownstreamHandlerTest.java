package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Failure;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
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
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final ManualClock clock = new ManualClock();
    private final ManualTicks ticks = new ManualTicks(clock);
    private final List<Throwable> defects = new ArrayList<>();
    private final Requests requests = new Requests();
    private EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void connect() {
        DownstreamSettings settings = new DownstreamSettings(
                "inbound",
                new HttpLimits(1024, 4096, 50),
                HEAD_TIMEOUT.toNanos(),
                IDLE_TIMEOUT.toNanos(),
                (where, defect) -> defects.add(defect));
        LoopTimers timers = new LoopTimers(clock, ticks);
        channel = new EmbeddedChannel();
        new DownstreamInitializer(settings, clock).initialize(channel, requests, timers);
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
        channel.pipeline().fireUserEventTriggered(DrainEvent.DRAIN);
        assertTrue(channel.isOpen(), "the answer is still to come");
        answer("done");
        String sent = sent();
        assertTrue(sent.contains("connection: close\r\n"), sent);
        assertTrue(sent.endsWith("done"), sent);
        assertFalse(channel.isOpen());
    }

    @Test
    void anIdleConnectionThatDrainsEnds() {
        receive(GET);
        answer("done");
        assertTrue(channel.isOpen());
        channel.pipeline().fireUserEventTriggered(DrainEvent.DRAIN);
        assertFalse(channel.isOpen());
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
        assertEquals(1, requests.refused);
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
        private int opened;
        private int refused;
        private int closed;

        @Override
        public RequestSink open(DownstreamStream opening, HttpRequest head, ClientInfo client) {
            opened++;
            stream = opening;
            return this;
        }

        @Override
        public void onRefused() {
            refused++;
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
        public void onRequestBroken(Failure failure) {}

        @Override
        public void onDownstreamClosed() {
            closed++;
        }
    }
}
