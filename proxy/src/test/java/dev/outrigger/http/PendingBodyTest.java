package dev.outrigger.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PendingBodyTest {
    private static final String TEXT = "{\"id\":1}";

    /** Takes what it is given, in order. */
    private static final class Collected implements UpstreamStream {
        private final StringBuilder text = new StringBuilder();
        private int lasts;

        @Override
        public void writeContent(HttpContent content) {
            text.append(content.content().toString(StandardCharsets.UTF_8));
            lasts += content instanceof LastHttpContent ? 1 : 0;
            content.release();
        }

        @Override
        public void start(HttpRequest head, ResponseSink sink) {}

        @Override
        public void flush() {}

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void pauseReading() {}

        @Override
        public void resumeReading() {}

        @Override
        public void cancel() {}
    }

    private static HttpContent piece(String text) {
        return new DefaultHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    /** Wherever the pieces are cut, and wherever it goes. */
    @Test
    void insertedBytesStandWhereTheyShouldAndNothingElseChanges() {
        for (int cut = 0; cut <= TEXT.length(); cut++) {
            for (int at = 0; at <= TEXT.length(); at++) {
                PendingBody body = new PendingBody();
                body.add(piece(TEXT.substring(0, cut)));
                body.add(
                        new DefaultLastHttpContent(Unpooled.copiedBuffer(TEXT.substring(cut), StandardCharsets.UTF_8)));
                body.insert(at, new byte[] {'<', '>'});
                assertEquals(TEXT.length() + 2, body.bytes());
                Collected collected = new Collected();
                body.drainTo(collected);
                assertEquals(TEXT.substring(0, at) + "<>" + TEXT.substring(at), collected.text.toString());
                assertEquals(1, collected.lasts);
            }
        }
    }
}
