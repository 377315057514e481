package dev.outrigger.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        public TunnelStream switchProtocols() {
            throw new UnsupportedOperationException();
        }

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

    @Test
    void aCopyHoldsAllPiecesAndTakesNoneAway() {
        PendingBody body = new PendingBody();
        assertEquals(0, body.toArray().length);
        body.add(piece(TEXT.substring(0, 3)));
        body.add(piece(TEXT.substring(3)));
        assertEquals(TEXT, new String(body.toArray(), StandardCharsets.UTF_8));
        assertEquals(TEXT, new String(body.toArray(), StandardCharsets.UTF_8));
        Collected collected = new Collected();
        body.drainTo(collected, 0);
        assertEquals(TEXT, collected.text.toString());
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
                body.drainTo(collected, 0);
                assertEquals(TEXT.substring(0, at) + "<>" + TEXT.substring(at), collected.text.toString());
                assertEquals(1, collected.lasts);
            }
        }
    }

    @Test
    void whatIsHereCanBeReadWithoutTakingItAway() {
        PendingBody body = new PendingBody();
        body.add(piece("gr\u00fc"));
        assertFalse(body.isEnded());
        body.add(new DefaultLastHttpContent(Unpooled.copiedBuffer("\u00df", StandardCharsets.UTF_8)));

        assertTrue(body.isEnded());
        assertEquals("gr\u00fc\u00df", body.text());
        assertEquals("gr\u00fc\u00df", body.text());
        Collected collected = new Collected();
        body.drainTo(collected, 0);
        assertEquals("gr\u00fc\u00df", collected.text.toString());
    }

    @Test
    void whatIsKeptCanBeHandedOverAgain() {
        PendingBody body = new PendingBody();
        Collected first = new Collected();
        body.add(piece("ab"));
        body.drainTo(first, 8);
        body.pass(piece("cd"), first);
        body.pass(new DefaultLastHttpContent(), first);
        Collected second = new Collected();

        assertTrue(body.isWhole());
        body.drainTo(second, 8);

        assertEquals("abcd", first.text.toString());
        assertEquals("abcd", second.text.toString());
        assertEquals(1, second.lasts);
        body.release();
        assertFalse(body.isWhole());
    }

    @Test
    void whatIsTooLongIsHandedOverAndForgotten() {
        PendingBody body = new PendingBody();
        Collected stream = new Collected();
        HttpContent kept = piece("ab");
        body.add(kept);
        body.drainTo(stream, 3);
        assertTrue(body.isWhole());
        body.pass(piece("cd"), stream);

        assertEquals("abcd", stream.text.toString());
        assertFalse(body.isWhole());
        assertEquals(0, kept.refCnt());
        assertTrue(body.isEmpty());
    }

    @Test
    void withoutALimitNothingIsKept() {
        PendingBody body = new PendingBody();
        Collected stream = new Collected();
        body.drainTo(stream, 0);
        body.pass(LastHttpContent.EMPTY_LAST_CONTENT, stream);

        assertEquals(1, stream.lasts);
        assertFalse(body.isWhole());
        assertTrue(body.isEmpty());
    }
}
