package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The data of an {@code endpoint} event, which comes once in the life of a stream, if at all: hence made when it begins. */
final class SseEndpoint {
    private static final int USUAL_BYTES = 128;

    private byte[] bytes = new byte[USUAL_BYTES];
    private int length;
    private boolean tooLong;

    void add(byte[] in, int from, int end) {
        int size = end - from;
        if (tooLong || size > SseScanner.ENDPOINT_LIMIT_BYTES - length) {
            tooLong = true;
            return;
        }
        if (size > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + size));
        }
        System.arraycopy(in, from, bytes, length, size);
        length += size;
    }

    boolean isUsable() {
        return length > 0 && !tooLong;
    }

    String text() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
