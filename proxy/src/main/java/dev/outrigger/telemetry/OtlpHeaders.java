package dev.outrigger.telemetry;

import dev.outrigger.config.model.Secret;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The headers that go with every export of spans, usually a token.
 *
 * <p>Read anew for each export, at most once a second, so that a token that a cluster renews in its file is taken up without a
 * reload. While the file cannot be read, the headers of the last time go on. Used by the exporter's thread.
 */
final class OtlpHeaders implements Supplier<Map<String, String>> {
    private static final Logger LOG = System.getLogger(OtlpHeaders.class.getName());
    private static final Pattern SEPARATOR = Pattern.compile("[,\r\n]");
    /** A token of RFC 9110 §5.6.2. */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]*");

    private final Secret secret;
    private volatile Map<String, String> last;
    private volatile boolean failing;

    /** @throws IOException if they cannot be read or understood; the message tells where they come from, never what they are */
    OtlpHeaders(Secret secret) throws IOException {
        this.secret = secret;
        this.last = read(secret);
    }

    @Override
    public Map<String, String> get() {
        try {
            last = read(secret);
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.log(Level.WARNING, "spans go on with the headers of the last time: " + e.getMessage());
            }
            failing = true;
        }
        return last;
    }

    private static Map<String, String> read(Secret secret) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        int number = 0;
        for (String entry : SEPARATOR.split(secret.read(), -1)) {
            if (entry.isBlank()) {
                continue;
            }
            number++;
            if (!add(entry, headers)) {
                throw new IOException("headers " + secret + ": entry " + number
                        + " is none, expected name: value or name=value in printable ASCII");
            }
        }
        return headers;
    }

    /** False if it is no header. With an equals sign it is in OpenTelemetry's form, whose values have percent escapes. */
    private static boolean add(String entry, Map<String, String> headers) {
        int colon = entry.indexOf(':');
        int equals = entry.indexOf('=');
        boolean escaped = equals >= 0 && (colon < 0 || equals < colon);
        int end = escaped ? equals : colon;
        if (end < 0) {
            return false;
        }
        String name = entry.substring(0, end).strip();
        String value = entry.substring(end + 1).strip();
        try {
            // The decoder is one for forms, where a plus is a blank; here it is a plus.
            value = escaped ? URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8) : value;
        } catch (IllegalArgumentException e) {
            return false;
        }
        headers.put(name, value);
        return NAME.matcher(name).matches() && VALUE.matcher(value).matches();
    }
}
