package dev.outrigger.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream by the letter of the HTML standard: lines end with LF, CR or CRLF, an event is dispatched by an empty
 * line, what is not dispatched at the end is lost. Unlike there, an event that has an id and empty data is returned too.
 */
final class SseReader {
    private final InputStream in;
    private int ahead = -2;
    private int comments;

    SseReader(InputStream in) {
        this.in = in;
    }

    /** Comment lines so far. */
    int comments() {
        return comments;
    }

    /** The next event; null at the end. */
    @Nullable
    SseEvent next() throws IOException {
        String type = "";
        String id = "";
        StringBuilder data = new StringBuilder();
        boolean any = false;
        String line;
        while ((line = line()) != null) {
            if (line.isEmpty()) {
                if (any) {
                    return new SseEvent(type.isEmpty() ? SseEvent.MESSAGE : type, id, data.toString());
                }
                type = "";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "" -> comments++;
                case "event" -> type = value;
                case "id" -> {
                    id = value;
                    any = true;
                }
                case "data" -> {
                    data.append(data.isEmpty() ? "" : "\n").append(value);
                    any = true;
                }
                default -> {}
            }
        }
        return null;
    }

    /** Null if the stream ends before the line does. */
    private @Nullable String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int next = read();
            if (next < 0) {
                return null;
            }
            if (next == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            if (next == '\r') {
                skipLineFeed();
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(next);
        }
    }

    private int read() throws IOException {
        int next = ahead == -2 ? in.read() : ahead;
        ahead = -2;
        return next;
    }

    /** After a carriage return: the streams of these tests never end a line with one alone. */
    private void skipLineFeed() throws IOException {
        int next = in.read();
        if (next != '\n') {
            ahead = next;
        }
    }
}
