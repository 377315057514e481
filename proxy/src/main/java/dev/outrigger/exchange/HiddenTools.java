package dev.outrigger.exchange;

import dev.outrigger.http.DownstreamStream;
import dev.outrigger.mcp.ToolListFilter;
import dev.outrigger.route.ToolPolicies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes forbidden tools out of an answer that lists tools, on its way to the client: a JSON body is held back until it is whole,
 * of an event stream each event.
 *
 * <p>What is larger than what is ever held back passes as it is. That hides nothing, but allows nothing either: a call of such a
 * tool is refused whoever has heard of it.
 */
final class HiddenTools {
    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);

    private final ToolPolicies tools;
    private final DownstreamStream downstream;
    private final boolean events;
    private final long limitBytes;
    /** What is held back, on the heap: it ends with whatever way the exchange does. */
    private byte[] held = {};

    private int length;
    /** So much of it is known to hold no end of an event. */
    private int scanned;

    private boolean lineHasBytes;
    private boolean afterReturn;
    private boolean gaveUp;

    /**
     * @param events whether it is an event stream
     * @param limitBytes what is held back at most
     */
    HiddenTools(ToolPolicies tools, DownstreamStream downstream, boolean events, long limitBytes) {
        this.tools = tools;
        this.downstream = downstream;
        this.events = events;
        this.limitBytes = limitBytes;
    }

    /** @param content given up */
    void pass(HttpContent content) {
        if (gaveUp) {
            downstream.writeContent(content);
            return;
        }
        hold(content.content());
        content.release();
        if (events) {
            passEvents();
        }
        if (length > limitBytes) {
            gaveUp = true;
            flush();
        }
    }

    private void hold(ByteBuf bytes) {
        int size = bytes.readableBytes();
        if (length + size > held.length) {
            held = Arrays.copyOf(held, Math.max(2 * held.length, length + size));
        }
        bytes.getBytes(bytes.readerIndex(), held, length, size);
        length += size;
    }

    /** The answer is whole. */
    void end() {
        if (!events && !gaveUp) {
            byte[] changed = ToolListFilter.filter(Arrays.copyOf(held, length), tools::allows);
            if (changed != null) {
                held = changed;
                length = changed.length;
            }
        }
        flush();
    }

    /** Passes on what is still held back, as it is. */
    void flush() {
        if (length > 0) {
            write(Arrays.copyOf(held, length));
            length = 0;
            scanned = 0;
        }
    }

    private void write(byte[] bytes) {
        downstream.writeContent(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
    }

    // ---- events

    /** An event ends with an empty line; a line with a line feed, a carriage return, or both. */
    private void passEvents() {
        int from = 0;
        while (scanned < length) {
            byte next = held[scanned++];
            boolean secondHalf = next == '\n' && afterReturn;
            afterReturn = next == '\r';
            if (next != '\n' && next != '\r') {
                lineHasBytes = true;
            } else if (!secondHalf) {
                if (!lineHasBytes) {
                    passEvent(Arrays.copyOfRange(held, from, scanned));
                    from = scanned;
                }
                lineHasBytes = false;
            }
        }
        length -= from;
        scanned -= from;
        System.arraycopy(held, from, held, 0, length);
    }

    private void passEvent(byte[] event) {
        byte[] changed = ToolListFilter.filter(data(event), tools::allows);
        write(changed == null ? event : withData(event, changed));
    }

    /** The lines of data together, as a client reads them. */
    private static byte[] data(byte[] event) {
        ByteArrayOutputStream data = new ByteArrayOutputStream(event.length);
        for (int[] line : lines(event)) {
            if (isData(event, line)) {
                int from = Math.min(line[1], line[0] + DATA.length + 1);
                data.write(event, from, line[1] - from);
                data.write('\n');
            }
        }
        return data.toByteArray();
    }

    /** The event with other data in the place of its first; its other fields stay. */
    private static byte[] withData(byte[] event, byte[] changed) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(event.length);
        boolean written = false;
        for (int[] line : lines(event)) {
            if (!isData(event, line)) {
                out.write(event, line[0], line[1] - line[0]);
                out.write('\n');
            } else if (!written) {
                written = true;
                // JSON means the same without the line ends between its tokens, and has none within.
                for (String part :
                        new String(changed, StandardCharsets.UTF_8).strip().split("[\\r\\n]+", -1)) {
                    out.writeBytes(DATA);
                    out.write(':');
                    out.write(' ');
                    out.writeBytes(part.getBytes(StandardCharsets.UTF_8));
                    out.write('\n');
                }
            }
        }
        return out.toByteArray();
    }

    private static boolean isData(byte[] event, int[] line) {
        int length = line[1] - line[0];
        for (int i = 0; i < DATA.length; i++) {
            if (length <= i || event[line[0] + i] != DATA[i]) {
                return false;
            }
        }
        return length == DATA.length || event[line[0] + DATA.length] == ':';
    }

    /** Where each line begins and ends, the empty one at the end included. */
    private static List<int[]> lines(byte[] event) {
        List<int[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < event.length; i++) {
            if (event[i] == '\r' || event[i] == '\n') {
                if (event[i] == '\n' && i == from && i > 0 && event[i - 1] == '\r') {
                    from = i + 1;
                    continue;
                }
                lines.add(new int[] {from, i});
                from = i + 1;
            }
        }
        return lines;
    }
}
