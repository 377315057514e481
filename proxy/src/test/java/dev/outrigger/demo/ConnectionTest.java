package dev.outrigger.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One connection in virtual time. */
class ConnectionTest {
    private static final long NO_TASKS = -1;

    private final EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void connect() {
        channel.freezeTime();
        Tools tools = new Tools(channel.eventLoop());
        McpEndpoint endpoint = new McpEndpoint(new LegacyEra(tools, new Sessions()), new ModernEra(tools));
        channel.pipeline().addLast(new Connection(endpoint));
    }

    @AfterEach
    void disconnect() {
        channel.finishAndReleaseAll();
    }

    @Test
    void progressArrivesOneAtATimeAndThenTheResult() {
        channel.writeInbound(call(7, "progress", "{\"steps\":2,\"interval_millis\":100}"));
        HttpResponse head = assertInstanceOf(HttpResponse.class, channel.readOutbound());
        assertEquals("text/event-stream", head.headers().get("Content-Type"));
        assertNull(channel.readOutbound(), "the head comes ahead of the first event");

        advance(99);
        assertNull(channel.readOutbound());
        advance(1);
        assertTrue(nextText().contains("\"progressToken\":\"t7\",\"progress\":1,\"total\":2"));
        assertNull(channel.readOutbound());

        advance(100);
        assertTrue(nextText().contains("\"progress\":2"));
        assertTrue(nextText().contains("\"id\":7,\"result\""));
        assertInstanceOf(LastHttpContent.class, channel.readOutbound());
        assertEquals(NO_TASKS, channel.runScheduledPendingTasks());
    }

    @Test
    void aClientThatLeavesCancelsItsCall() {
        channel.writeInbound(call(1, "slow", "{\"millis\":5000}"));
        assertTrue(channel.runScheduledPendingTasks() > 0);
        channel.close();
        assertEquals(NO_TASKS, channel.runScheduledPendingTasks());
    }

    @Test
    void aSlowCallIsCappedAtAMinute() {
        channel.writeInbound(call(1, "slow", "{\"millis\":1e300}"));
        advance(59_999);
        assertNull(channel.readOutbound());
        advance(1);
        assertTrue(nextText().contains("slept 60000 ms"));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        channel.writeInbound(call(1, "slow", "{\"millis\":50}"), call(2, "echo", "{\"message\":\"two\"}"));
        assertNull(channel.readOutbound());
        advance(50);
        assertTrue(nextText().contains("\"id\":1"));
        assertTrue(nextText().contains("\"id\":2"));
    }

    @Test
    void aConnectionThatPipelinesWithoutBoundIsClosed() {
        for (int i = 0; i < 20 && channel.isActive(); i++) {
            channel.writeInbound(call(i, "slow", "{}"));
        }
        assertFalse(channel.isActive());
    }

    @Test
    void aClientThatReadsNoEventsGetsTheResultAlone() {
        FullHttpRequest request = call(3, "progress", "{\"steps\":1,\"interval_millis\":0}");
        request.headers().set("Accept", "application/json");
        channel.writeInbound(request);
        advance(0);
        FullHttpResponse response = assertInstanceOf(FullHttpResponse.class, channel.readOutbound());
        assertEquals("application/json", response.headers().get("Content-Type"));
        response.release();
    }

    private void advance(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private String nextText() {
        ByteBuf content =
                assertInstanceOf(HttpContent.class, channel.readOutbound()).content();
        try {
            return content.toString(StandardCharsets.UTF_8);
        } finally {
            content.release();
        }
    }

    private static FullHttpRequest call(int id, String tool, String arguments) {
        String body = McpClientCalls.modernCall(Integer.toString(id), tool, arguments, "\"t" + id + '"');
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                McpEndpoint.PATH,
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        request.headers().set("Content-Type", "application/json");
        McpClientCalls.modernHeaders("tools/call", tool)
                .forEach((name, value) -> request.headers().set(name, value));
        return request;
    }
}
