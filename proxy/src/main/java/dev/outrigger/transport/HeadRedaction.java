package dev.outrigger.transport;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What may be shown of a head. Secrets travel in headers that nobody here has heard of, and in malformed ones, so shown are
 * the values only of the headers that a refusal can be about; of all others how long they are, and of a query likewise.
 * Everything is shortened, and what is not printable ASCII escaped as {@code \x1f}.
 */
final class HeadRedaction {
    private static final Set<String> SHOWN = Set.of(
            "accept",
            "accept-encoding",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "date",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "mcp-method",
            "mcp-protocol-version",
            "proxy-connection",
            "range",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "user-agent",
            "via",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-request-id");

    private static final int MAX_TEXT = 256;
    private static final int MAX_LINES = 40;
    private static final String HEX = "0123456789abcdef";

    private HeadRedaction() {}

    /** Method, target without its query, version. */
    static String requestLine(HttpRequest head) {
        return line(head.method() + " " + head.uri() + ' ' + head.protocolVersion());
    }

    /** A line for each header, at most {@value #MAX_LINES}. */
    static List<String> headers(HttpHeaders headers) {
        List<String> lines = new ArrayList<>();
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext() && lines.size() < MAX_LINES) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            lines.add(header(header.getKey().toString(), ": ", header.getValue().toString()));
        }
        return lines;
    }

    /** Bytes of a head, line by line, up to its end. */
    static String text(UnreadHead unread) {
        StringBuilder text = new StringBuilder();
        String all = new String(unread.bytes(), StandardCharsets.ISO_8859_1);
        boolean requestLine = unread.fromRequestLine();
        for (int start = 0; start < all.length(); ) {
            int feed = all.indexOf('\n', start);
            int end = feed < 0 ? all.length() : feed + 1;
            String line = all.substring(start, end);
            start = end;
            if (line.isBlank() && !requestLine) {
                break;
            }
            if (line.isBlank()) {
                text.append(escape(line));
                continue;
            }
            text.append(requestLine ? line(line) : rawHeader(line));
            requestLine = false;
        }
        return text.toString();
    }

    /** Anything that stands where a request line should: its query is left out, and a user in front of a host. */
    private static String line(String line) {
        StringBuilder shown = new StringBuilder();
        int query = line.indexOf('?');
        String front = query < 0 ? line : line.substring(0, query + 1);
        int at = front.lastIndexOf('@');
        int authority = front.indexOf("://");
        if (authority >= 0 && at > authority) {
            front = front.substring(0, authority + 3) + omitted(at - authority - 3) + front.substring(at);
        }
        shown.append(escape(front));
        if (query >= 0) {
            int end = query + 1;
            while (end < line.length() && line.charAt(end) > ' ') {
                end++;
            }
            shown.append(omitted(end - query - 1)).append(escape(line.substring(end)));
        }
        return shown.toString();
    }

    /** A line with whatever stands between name and value; of one without a name nothing but its length. */
    private static String rawHeader(String line) {
        int name = 0;
        while (name < line.length() && isToken(line.charAt(name))) {
            name++;
        }
        int value = name;
        while (value < line.length() && (line.charAt(value) <= ' ' || line.charAt(value) == ':')) {
            value++;
        }
        int end = line.length();
        while (end > value && line.charAt(end - 1) <= ' ') {
            end--;
        }
        String separator = line.substring(name, value);
        boolean named = separator.indexOf(':') >= 0;
        String shownName = named ? line.substring(0, name) : omitted(name);
        return header(shownName, separator, line.substring(value, end)) + escape(line.substring(end));
    }

    private static String header(String name, String separator, String value) {
        boolean shown = SHOWN.contains(name.toLowerCase(Locale.ROOT));
        return escape(name) + escape(separator) + (shown || value.isEmpty() ? escape(value) : omitted(value.length()));
    }

    private static String omitted(int bytes) {
        return "<" + bytes + " bytes>";
    }

    /** RFC 9110 §5.6.2. */
    private static boolean isToken(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(Math.min(text.length(), MAX_TEXT));
        for (int i = 0; i < text.length(); i++) {
            if (i == MAX_TEXT) {
                return escaped.append('\u2026').toString();
            }
            append(escaped, text.charAt(i));
        }
        return escaped.toString();
    }

    private static void append(StringBuilder escaped, char c) {
        switch (c) {
            case '\r' -> escaped.append("\\r");
            case '\n' -> escaped.append("\\n");
            case '\t' -> escaped.append("\\t");
            case '\\' -> escaped.append("\\\\");
            default -> {
                if (c >= ' ' && c < 0x7f) {
                    escaped.append(c);
                } else {
                    escaped.append("\\x").append(HEX.charAt(c >> 4 & 0xf)).append(HEX.charAt(c & 0xf));
                }
            }
        }
    }
}
