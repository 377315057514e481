package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An event stream parser that is obviously right: WHATWG's algorithm, line by line over the whole stream. Bytes are taken for
 * Latin-1 characters, so that what it finds can be turned back into the bytes of the stream.
 */
final class NaiveSse {
    /**
     * @param type {@code message} where the stream names none
     * @param id of this event, empty if it has none; a client may also resume behind it if an event before it had one
     * @param typeAtData the type as far as it was known when the first line of data came
     */
    record Event(String type, String data, String id, String typeAtData) {
        byte[] dataBytes() {
            return data.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private final List<Event> events = new ArrayList<>();
    private final List<Integer> retries = new ArrayList<>();
    private final StringBuilder data = new StringBuilder();
    private String type = "";
    private String typeAtData = "";
    private String id = "";
    private String lastEventId = "";

    private NaiveSse() {}

    static NaiveSse parse(byte[] stream) {
        NaiveSse parser = new NaiveSse();
        String text = new String(stream, StandardCharsets.ISO_8859_1);
        int at = text.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0;
        int lineStart = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '\r' && c != '\n') {
                at++;
                continue;
            }
            parser.line(text.substring(lineStart, at));
            at += text.startsWith("\r\n", at) ? 2 : 1;
            lineStart = at;
        }
        return parser;
    }

    /** Those that were dispatched. */
    List<Event> events() {
        return events;
    }

    /** What the client's reconnection time was set to, in milliseconds. */
    List<Integer> retries() {
        return retries;
    }

    /** Where a client would resume at the end of the stream. */
    String lastEventId() {
        return lastEventId;
    }

    private void line(String line) {
        if (line.isEmpty()) {
            dispatch();
            return;
        }
        int colon = line.indexOf(':');
        if (colon == 0) {
            return;
        }
        String value = colon < 0 ? "" : line.substring(colon + 1);
        field(colon < 0 ? line : line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
    }

    private void field(String name, String value) {
        switch (name) {
            case "event" -> type = value;
            case "data" -> {
                typeAtData = data.isEmpty() ? type : typeAtData;
                data.append(value).append('\n');
            }
            case "id" -> {
                if (value.indexOf(0) < 0) {
                    id = value;
                    lastEventId = value;
                }
            }
            case "retry" -> {
                if (value.matches("[0-9]{1,9}")) {
                    retries.add(Integer.valueOf(value));
                }
            }
            default -> {}
        }
    }

    private void dispatch() {
        if (!data.isEmpty()) {
            data.setLength(data.length() - 1);
            events.add(new Event(type.isEmpty() ? "message" : type, data.toString(), id, typeAtData));
        }
        data.setLength(0);
        type = "";
        id = "";
    }
}
