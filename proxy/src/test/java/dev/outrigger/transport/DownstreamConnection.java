package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.failure.Failure;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.ListenerCounts;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.RefusalReason;
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

/** A client's connection without a socket, and an owner of its exchanges that leaves the answering to the test. */
abstract class DownstreamConnection {
    static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);
    static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);
    static final Duration DRAIN_IDLE = Duration.ofSeconds(5);
    static final Duration FIRST_REQUEST = Duration.ofSeconds(3);
    static final Duration TICK = Duration.ofMillis(20);
    static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    final ManualClock clock = new ManualClock();
    final ManualTicks ticks = new ManualTicks(clock);
    final List<Throwable> defects = new ArrayList<>();
    final LoopMetrics metrics = new LoopMetrics();
    final Requests requests = new Requests();
    EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    final void connect() {
        serve(Rules.STRICT);
    }

    final void serve(HttpRulesConfig rules) {
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
    final void release() {
        channel.finishAndReleaseAll();
        assertTrue(defects.isEmpty(), defects.toString());
    }

    final long refusals(RefusalReason reason) {
        return counts().refused(reason);
    }

    final long closes(CloseReason reason) {
        return counts().closed(reason);
    }

    final ListenerCounts counts() {
        return Objects.requireNonNull(
                metrics.handOver(List.of()).gauges().listeners().get("inbound"));
    }

    final void drain() {
        channel.pipeline().fireUserEventTriggered(DrainEvent.DRAIN);
    }

    final void receive(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    final void answer(String body) {
        DownstreamStream stream = Objects.requireNonNull(requests.stream);
        HttpResponse head = head();
        head.headers().set("content-length", body.length());
        stream.writeHead(head);
        stream.writeContent(new DefaultLastHttpContent(Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII)));
        stream.flush();
    }

    static HttpResponse head() {
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    }

    final String sent() {
        StringBuilder text = new StringBuilder();
        ByteBuf piece;
        while ((piece = channel.readOutbound()) != null) {
            text.append(piece.toString(StandardCharsets.US_ASCII));
            piece.release();
        }
        return text.toString();
    }

    /** Takes requests and leaves the answering to the test. */
    static final class Requests implements RequestSink.Factory, RequestSink {
        final StringBuilder received = new StringBuilder();

        @Nullable
        DownstreamStream stream;

        @Nullable
        Failure broken;

        int opened;
        int closed;
        int drains;
        int deadlines;

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
