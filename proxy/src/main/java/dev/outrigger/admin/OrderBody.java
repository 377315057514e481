package dev.outrigger.admin;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The body of a request that switches something: a bare word, which is easy to type, or a small object of JSON, whose values
 * are read as text. Either way {@code curl -X PUT -d off} works, whatever content type it claims.
 */
final class OrderBody {
    /** Far more than any of these bodies needs; the parser recurses, and nothing that is shorter nests too deep. */
    private static final int LONGEST_BYTES = 1024;

    private static final int SHOWN_CHARS = 64;
    private static final ConfigParseOptions JSON =
            ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON).setOriginDescription("body");

    private final String text;
    private final String expected;

    private OrderBody(String text, String expected) {
        this.text = text;
        this.expected = expected;
    }

    /**
     * Takes the body of a request.
     *
     * @param expected what bodies may be, for the refusal
     * @throws IllegalArgumentException if it is too long
     */
    static OrderBody of(OpsRequest request, String expected) {
        byte[] bytes = request.body();
        if (bytes.length > LONGEST_BYTES) {
            throw new IllegalArgumentException("body of " + bytes.length + " bytes, expected " + expected);
        }
        return new OrderBody(new String(bytes, StandardCharsets.UTF_8).strip(), expected);
    }

    boolean isObject() {
        return text.startsWith("{");
    }

    /** The bare word. */
    String word() {
        return text;
    }

    /**
     * The values of the object as text, none of them absent.
     *
     * @param known the names that it may hold, at least one of which it must
     * @throws IllegalArgumentException if it is anything else
     */
    Map<String, String> values(Set<String> known) {
        Map<String, String> values = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry : parse().entrySet()) {
            Object value = entry.getValue().unwrapped();
            boolean isPlain = value instanceof String || value instanceof Boolean || value instanceof Number;
            if (!known.contains(entry.getKey()) || !isPlain) {
                throw refused();
            }
            values.put(entry.getKey(), value.toString());
        }
        if (values.isEmpty()) {
            throw refused();
        }
        return values;
    }

    private Map<String, ConfigValue> parse() {
        try {
            return ConfigFactory.parseString(text, JSON).root();
        } catch (ConfigException e) {
            throw refused();
        }
    }

    /** The refusal of the whole body. */
    IllegalArgumentException refused() {
        String shown = text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + '\u2026';
        return new IllegalArgumentException("body " + shown + ", expected " + expected);
    }
}
