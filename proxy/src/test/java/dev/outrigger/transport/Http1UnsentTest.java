package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an HTTP/1.1 connection knows of a request when it is lost. */
class Http1UnsentTest {
    private final Heard heard = new Heard();
    private final Dial dial = new Dial(Dial.Offer.HTTP1, new Http2ClientLimits(1, 1 << 16, 1 << 16, 0, 1), null);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Http1UpstreamConnection connection =
            new Http1UpstreamConnection(dial, new Owner(), new ReadSwitch(channel), 0);

    Http1UnsentTest() {
        channel.pipeline().addLast(new Http1ClientCodec(new HttpDecoderConfig()), connection);
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        connection.open().start(head, heard);
        connection.writeContent(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void whatWasNotFlushedWasNotSent() {
        channel.close();
        channel.runPendingTasks();

        assertFalse(heard.sent);
        assertEquals(1, heard.failures.size());
        assertEquals(Reason.CLOSED_BEFORE_RESPONSE, heard.failures.get(0).reason());
        assertTrue(heard.failures.get(0).isUnsent());
    }

    @Test
    void whatIsOnTheSocketMayHaveBeenActedUpon() {
        connection.flush();
        assertTrue(heard.sent);

        channel.close();

        assertEquals(1, heard.failures.size());
        assertFalse(heard.failures.get(0).isUnsent());
    }

    @Test
    void anAnswerThatBreaksOffIsNeverUnsent() {
        connection.flush();
        ByteBuf answer =
                Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", StandardCharsets.US_ASCII);
        channel.writeInbound(answer);
        channel.close();

        assertEquals(1, heard.failures.size());
        assertEquals(Reason.CLOSED_IN_RESPONSE, heard.failures.get(0).reason());
        assertFalse(heard.failures.get(0).isUnsent());
    }

    private static final class Heard implements ResponseSink {
        private final List<Failure> failures = new ArrayList<>();
        private boolean sent;

        @Override
        public void onHeadSent() {
            sent = true;
        }

        @Override
        public void onInformational(HttpResponse head) {}

        @Override
        public void onResponseHead(HttpResponse head) {}

        @Override
        public void onResponseContent(HttpContent content) {
            content.release();
        }

        @Override
        public void onResponseReadComplete() {}

        @Override
        public void onUpstreamWritabilityChanged() {}

        @Override
        public void onResponseFailed(Failure failure) {
            failures.add(failure);
        }
    }

    private static final class Owner implements UpstreamConnection.Owner {
        @Override
        public void onStreamEnded(UpstreamConnection connection) {}

        @Override
        public void onCapacityChanged(UpstreamConnection connection) {}

        @Override
        public void onLeaving(UpstreamConnection connection) {}

        @Override
        public void onClosed(UpstreamConnection connection) {}
    }
}
