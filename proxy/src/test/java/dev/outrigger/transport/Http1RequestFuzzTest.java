package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Any bytes as requests: what is made of them does not depend on how they arrive; what is accepted has one host and one
 * length; and written out again it is read as the same requests.
 */
class Http1RequestFuzzTest {
    private static final int LIMIT_BYTES = 2048;
    private static final HttpLimits LIMITS = new HttpLimits(256, 1024, 20);

    @FuzzTest
    void oneMeaningOrNone(byte[] bytes) {
        if (bytes == null || bytes.length > LIMIT_BYTES) {
            return;
        }
        List<String> whole = read(bytes, bytes.length, null);
        assertEquals(whole, read(bytes, 1, null), "one byte at a time");
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        List<String> accepted = read(bytes, bytes.length, again);
        List<String> complete = accepted.subList(0, completeRequests(accepted));
        List<String> reread = read(again.toByteArray(), LIMIT_BYTES, null);
        assertEquals(complete, reread.subList(0, Math.min(complete.size(), reread.size())), "written out again");
    }

    private static int completeRequests(List<String> accepted) {
        return accepted.lastIndexOf("end") + 1;
    }

    /**
     * @param again takes the requests as they would be written to an upstream; null for nowhere
     * @return a line per head, body and end; the last one may be a refusal, after which nothing is read
     */
    private static List<String> read(byte[] bytes, int pieceBytes, @Nullable ByteArrayOutputStream again) {
        EmbeddedChannel channel =
                new EmbeddedChannel(new Http1RequestDecoder(LIMITS, new ReadSwitch(new EmbeddedChannel())));
        EmbeddedChannel writer = new EmbeddedChannel(new HttpRequestEncoder());
        Reading reading = new Reading();
        try {
            for (int at = 0; at < bytes.length && !reading.isOver; at += pieceBytes) {
                int length = Math.min(pieceBytes, bytes.length - at);
                channel.writeInbound(Unpooled.wrappedBuffer(bytes, at, length));
                HttpObject next;
                while ((next = channel.readInbound()) != null) {
                    boolean taken = reading.take(next);
                    if (taken && again != null) {
                        writer.writeOutbound(ReferenceCountUtil.retain(next));
                    }
                    ReferenceCountUtil.release(next);
                }
            }
            ByteBuf written;
            while ((written = writer.readOutbound()) != null) {
                again.writeBytes(ByteBufUtil.getBytes(written));
                written.release();
            }
        } finally {
            channel.finishAndReleaseAll();
            writer.finishAndReleaseAll();
        }
        return reading.lines;
    }

    private static final class Reading {
        private final List<String> lines = new ArrayList<>();
        private final RequestRules rules = new RequestRules(LIMITS, Rules.STRICT, false);
        private final StringBuilder body = new StringBuilder();
        private boolean isOver;

        /** Whether it goes on to the upstream. */
        boolean take(HttpObject message) {
            if (isOver) {
                return false;
            }
            if (message instanceof HttpRequest head) {
                return head(head);
            }
            HttpContent content = (HttpContent) message;
            if (content.decoderResult().isFailure()) {
                isOver = true;
                return false;
            }
            body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            if (content instanceof LastHttpContent last) {
                lines.add("body " + body + " " + last.trailingHeaders().entries());
                lines.add("end");
                body.setLength(0);
            }
            return true;
        }

        private boolean head(HttpRequest head) {
            RequestRules.Refusal refusal = rules.check(head);
            if (refusal != null) {
                lines.add("refused " + refusal.status());
                isOver = true;
                return false;
            }
            assertTrue(head.uri().startsWith("/") || head.uri().equals("*"), head.uri());
            assertTrue(head.uri().chars().allMatch(c -> c > ' ' && c < 0x7f), head.uri());
            assertTrue(head.headers().getAll(HttpHeaderNames.HOST).size() <= 1, "hosts");
            assertFalse(
                    head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                            && head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING),
                    "two lengths");
            assertTrue(head.headers().getAll(HttpHeaderNames.CONTENT_LENGTH).size() <= 1, "lengths");
            lines.add(head.method() + " " + head.uri() + " " + head.protocolVersion() + " "
                    + head.headers().entries());
            return true;
        }
    }
}
