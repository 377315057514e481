package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.InterceptionConfig.Direction;
import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.http.Intercepted;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.resilience.ManualTicks;
import dev.outrigger.time.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first bytes of a connection, in one piece and in many. */
class ProtocolDetectorTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TICK = Duration.ofMillis(20);

    private final ManualClock clock = new ManualClock();
    private final ManualTicks ticks = new ManualTicks(clock);
    private final List<String> found = new ArrayList<>();
    private EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void connect() {
        connect(ProtocolDetector.Scope.HTTP);
    }

    private void connect(ProtocolDetector.Scope scope) {
        DownstreamSettings settings = new DownstreamSettings(
                "inbound",
                EntranceSettings.HTTP,
                new HttpLimits(1024, 4096, 50),
                SmallHttp2.LIMITS,
                Rules.STRICT,
                HEAD_TIMEOUT.toNanos(),
                Duration.ofMinutes(5).toNanos(),
                Duration.ofSeconds(5).toNanos(),
                (where, defect) -> found.add(where + defect));
        channel = new EmbeddedChannel();
        LoopMetrics metrics = new LoopMetrics();
        LoopTimers timers = new LoopTimers(clock, ticks);
        ConnectionEnd end = ConnectionEnd.of(channel, metrics.listener("inbound"));
        ConnectionLife life = new ConnectionLife(settings, new ReadSwitch(channel), end, timers, clock);
        Entrance entrance = new Entrance() {
            @Override
            public void http1(ChannelPipeline pipeline) {
                found.add("http1");
            }

            @Override
            public void http2(ChannelPipeline pipeline) {
                found.add("http2");
            }

            @Override
            public void tls(ChannelPipeline pipeline, @Nullable String serverName) {
                found.add("tls");
            }

            @Override
            public void opaque(ChannelPipeline pipeline, @Nullable String serverName) {
                found.add("opaque");
            }
        };
        channel.pipeline()
                .addLast(new ProtocolDetector(
                        scope, settings, entrance, life, metrics.entrance("inbound"), timers, clock));
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void thePrefaceIsHttp2InHoweverManyPieces() {
        for (int i = 0; i < PREFACE.length(); i++) {
            assertTrue(found.isEmpty(), "nothing is told from " + i + " bytes");
            receive(PREFACE.substring(i, i + 1));
        }
        assertEquals(List.of("http2"), found);
        assertEquals(PREFACE, passedOn());
        assertNull(channel.pipeline().get(ProtocolDetector.class), "it is not needed any more");
    }

    @Test
    void whatFollowsThePrefaceIsPassedOnWithIt() {
        receive(PREFACE + "frames");
        assertEquals(List.of("http2"), found);
        assertEquals(PREFACE + "frames", passedOn());
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "POST", "PRI * HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n\r\nXX", "\u0016\u0003", "PRIX"})
    void everythingElseIsForTheReaderOfHttp1(String first) {
        receive(first);
        assertEquals(List.of("http1"), found);
        assertEquals(first, passedOn());
    }

    @Test
    void aPrefaceThatTurnsOutToBeNoneLosesNothing() {
        receive("PRI * ");
        receive("HTTP/1.0\r\n");
        assertEquals(List.of("http1"), found);
        assertEquals("PRI * HTTP/1.0\r\n", passedOn());
    }

    @Test
    void aPrefaceThatDoesNotEndIsNotAwaitedForEver() {
        receive("PRI * ");
        ticks.advance(HEAD_TIMEOUT.minus(TICK));
        assertTrue(channel.isOpen());
        ticks.advance(TICK.multipliedBy(2));
        assertFalse(channel.isOpen());
        assertTrue(found.isEmpty());
    }

    @Test
    void whoEndsTheirSideWithoutAWordIsHeardOnlyWhereAServerIsBehindTheAddress() {
        connect(ProtocolDetector.Scope.AUTO);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertFalse(channel.isOpen());
        assertTrue(found.isEmpty());

        connect(ProtocolDetector.Scope.AUTO);
        OriginalDestination.keep(
                channel,
                new Intercepted(
                        new InetSocketAddress("192.0.2.1", 7),
                        new InterceptionConfig(Direction.INBOUND, false, Set.of(), List.of())));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertEquals(List.of("opaque"), found);
        assertTrue(channel.isOpen());
    }

    @Test
    void aConnectionThatSaysNothingEndsWithADrain() {
        channel.pipeline().fireUserEventTriggered(DrainEvent.DRAIN);
        assertTrue(channel.isOpen(), "its first bytes may be under way");
        channel.pipeline().fireUserEventTriggered(DrainEvent.DEADLINE);
        assertFalse(channel.isOpen());
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private String passedOn() {
        StringBuilder text = new StringBuilder();
        ByteBuf piece;
        while ((piece = channel.readInbound()) != null) {
            text.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
        }
        return text.toString();
    }
}
