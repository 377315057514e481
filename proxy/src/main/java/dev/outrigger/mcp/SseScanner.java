package dev.outrigger.mcp;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream as it passes by, cut anywhere, and tells what messages it carried. After WHATWG's
 * <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream">algorithm</a>, with one
 * difference: nothing is collected. The data of an event goes into an {@link McpScanner} byte by byte as it comes, and
 * whether the event counts (its type is absent or {@code message}) is decided at its end, as clients do.
 *
 * <p>A scanner is borrowed for as long as an event has data, so that the streams that wait for their next event, which are
 * nearly all, hold none. What is kept besides is a few words and, during an {@code endpoint} event, its URI.
 *
 * <p>Belongs to the loop of its {@link McpScanners}. Allocates nothing while it reads messages, and never throws because of
 * what it reads. The sink may release this scanner and may have others read, but must not feed this one.
 */
public final class SseScanner {
    /** Longer endpoint URIs are ignored; a quarter of the request line that servers usually allow. */
    public static final int ENDPOINT_LIMIT_BYTES = 2048;

    /** Who is told what the stream carries. */
    public interface Sink {
        /**
         * A JSON-RPC message. One that stands alone is told at the end of its event; those of a batch as they pass, when it
         * is not yet known whether the batch will be whole.
         *
         * @param message a request, a notification or a response; valid during the call
         */
        void onMessage(McpFacts message);

        /**
         * The {@code endpoint} event of HTTP+SSE: where to POST, relative or absolute. Its type has to stand before its data,
         * as servers write it.
         */
        void onEndpoint(String uri);
    }

    private enum Step {
        /** At the start of a line or within a field's name. */
        NAME,
        /** After the colon: one space may come. */
        SPACE,
        VALUE
    }

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    /** What makes any number of milliseconds void. */
    private static final char NO_DIGIT = '-';

    private static final byte[] NO_EVENT_ID = ascii("id:\n");
    private static final byte[] BROKEN = ascii("event: outrigger.broken\n\n");

    private final McpScanners scanners;
    private final SseEvent event;

    private Step step = Step.NAME;
    /** The field whose value is read; {@link SseField#OTHER} in a comment. */
    private SseField field = SseField.OTHER;
    /** The field's name, or the value of an {@code event} field. */
    private final SseWord word = new SseWord();

    private boolean idHasBytes;
    /** There is a zero in the value of an {@code id} field, which makes the field void. */
    private boolean idIsVoid;
    /** The line before ended in a carriage return: a line feed that comes next belongs to it. */
    private boolean afterReturn;
    /** Bytes of a byte order mark that the stream began with, -1 once there can be none. */
    private int markLength;

    public SseScanner(McpScanners scanners, Sink sink) {
        this.scanners = scanners;
        this.event = new SseEvent(scanners, sink);
    }

    /** @param tools is told of the tools that a message lists, before the message; null: nobody is */
    public void tools(@Nullable ToolSink tools) {
        event.tools(tools);
    }

    /** @param copy gets the data of events as it passes; when a message is told, it has got that message; null: nobody does */
    public void copyTo(@Nullable DataSink copy) {
        event.copyTo(copy);
    }

    /**
     * Reads the next piece of the stream.
     *
     * @param body from its reader index to its writer index; neither the indices nor the reference count are touched
     */
    public void feed(ByteBuf body) {
        int from = body.readerIndex();
        int end = body.writerIndex();
        if (body.hasArray()) {
            scan(body.array(), body.arrayOffset() + from, body.arrayOffset() + end);
            return;
        }
        byte[] window = scanners.takeStreamWindow();
        try {
            while (from < end) {
                int size = Math.min(window.length, end - from);
                body.getBytes(from, window, 0, size);
                scan(window, 0, size);
                from += size;
            }
        } finally {
            scanners.giveStreamWindow(window);
        }
    }

    /**
     * Whether a comment with a blank line may be put in here: nothing of an event has come since the last blank line. Not so
     * behind a carriage return, although it would do no harm by the standard: a reader who takes only CR LF for a line end
     * must not find something else between the two. (Before the first byte it may. A byte order mark that came after that
     * would be in the wrong place, but no server of MCP is known to write one.)
     */
    public boolean isBetweenEvents() {
        return !event.isBegun() && !afterReturn && !isInLine();
    }

    /** Whether an event with an id was dispatched to the client, so that it may resume the stream behind it. */
    public boolean hasEventId() {
        return event.hasDispatchedWithId();
    }

    /** Events that were dispatched: those with data, be it empty, of whatever type. */
    public long events() {
        return event.dispatched();
    }

    /** Gives back what is borrowed. The rest of the stream is not read; may be called again. */
    public void release() {
        event.release();
    }

    /**
     * Ends what the stream broke off in, so that an event that is written behind it is read properly and the half one is not
     * taken for a message. Clients cannot be told to drop an event, but the last {@code event} field decides its type, and
     * MCP clients leave events of other types alone: TypeScript 1.32 and 2.4, Java 2.1.
     *
     * <p>An id in the half event is taken back, because clients note it whatever the type, and would resume behind an event
     * that they never got; half a {@code retry} is made void. For streams whose client cannot resume, see
     * {@link #hasEventId()}: taking the id back also takes back the one before. The scanner's state does not change.
     *
     * @return bytes written; 0 between events
     */
    public int writeBreak(ByteBuf out) {
        int before = out.writerIndex();
        boolean inValue = step != Step.NAME;
        if (isInLine() || afterReturn) {
            if (inValue && field == SseField.RETRY) {
                out.writeByte(NO_DIGIT);
            }
            out.writeByte('\n');
        }
        if (event.isBegun()) {
            if (event.hasId() || (inValue && field == SseField.ID)) {
                out.writeBytes(NO_EVENT_ID);
            }
            out.writeBytes(BROKEN);
        }
        return out.writerIndex() - before;
    }

    private boolean isInLine() {
        return step != Step.NAME || word.length() > 0 || markLength > 0;
    }

    private void scan(byte[] in, int from, int end) {
        int at = markLength < 0 ? from : passMark(in, from, end);
        while (at < end && !event.isReleased()) {
            if (afterReturn) {
                afterReturn = false;
                if (in[at] == '\n') {
                    at++;
                    continue;
                }
            }
            at = switch (step) {
                case NAME -> name(in, at, end);
                case SPACE -> space(in, at);
                case VALUE -> value(in, at, end);
            };
        }
    }

    private int passMark(byte[] in, int from, int end) {
        int at = from;
        while (at < end && in[at] == BYTE_ORDER_MARK[markLength]) {
            at++;
            markLength++;
            if (markLength == BYTE_ORDER_MARK.length) {
                markLength = -1;
                return at;
            }
        }
        if (at < end) {
            if (markLength > 0) {
                word.add(BYTE_ORDER_MARK, 0, markLength);
                event.begin();
            }
            markLength = -1;
        }
        return at;
    }

    private int name(byte[] in, int from, int end) {
        for (int at = from; at < end; at++) {
            byte b = in[at];
            if (b == ':') {
                beginValue(word.length() == 0 ? SseField.OTHER : SseField.of(word), Step.SPACE);
                return at + 1;
            }
            if (LineEnds.isLineEnd(b)) {
                if (word.length() == 0) {
                    event.end();
                } else {
                    beginValue(SseField.of(word), Step.VALUE);
                    endValue();
                }
                return endLine(b, at);
            }
            event.begin();
            word.add(b);
            if (word.isTooLong()) {
                beginValue(SseField.OTHER, Step.VALUE);
                return at + 1;
            }
        }
        return end;
    }

    private int space(byte[] in, int at) {
        step = Step.VALUE;
        return in[at] == ' ' ? at + 1 : at;
    }

    private int value(byte[] in, int from, int end) {
        int lineEnd = LineEnds.next(in, from, end);
        if (lineEnd > from) {
            switch (field) {
                case DATA -> event.data(in, from, lineEnd);
                case EVENT -> word.add(in, from, lineEnd);
                case ID -> id(in, from, lineEnd);
                case RETRY, OTHER -> {}
            }
        }
        if (lineEnd == end) {
            return end;
        }
        endValue();
        return endLine(in[lineEnd], lineEnd);
    }

    private void beginValue(SseField begun, Step next) {
        step = next;
        field = begun;
        word.clear();
        idHasBytes = false;
        idIsVoid = false;
        if (begun == SseField.DATA) {
            event.beginDataLine();
        }
    }

    private void id(byte[] in, int from, int end) {
        idHasBytes = true;
        for (int at = from; at < end; at++) {
            idIsVoid |= in[at] == 0;
        }
    }

    private void endValue() {
        if (field == SseField.EVENT) {
            event.type(SseType.of(word));
        } else if (field == SseField.ID && !idIsVoid) {
            event.id(idHasBytes);
        }
    }

    private int endLine(byte lineEnd, int at) {
        step = Step.NAME;
        word.clear();
        afterReturn = lineEnd == '\r';
        return at + 1;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
