package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values as text: whole for reading, short and without secrets for printing. */
final class ValueText {
    private static final int MAX_PRINTED_CHARS = 80;
    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/?#\\s]*@");
    private static final Pattern QUERY = Pattern.compile("(?<=://)([^?\\s]*)\\?.*", Pattern.DOTALL);
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]+");

    private ValueText() {}

    /** The scalar as it was written, or null for a list, an object or null. */
    static @Nullable String ofScalar(ConfigValue value) {
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> value.atKey("v").getString("v");
            case LIST, OBJECT, NULL -> null;
        };
    }

    /** For a problem: one line, bounded, user names, passwords and query strings of URLs left out. */
    static String printed(ConfigValue value) {
        return switch (value.valueType()) {
            case STRING -> quoted(String.valueOf(value.unwrapped()));
            case NUMBER, BOOLEAN -> String.valueOf(ofScalar(value));
            case LIST -> ((ConfigList) value).isEmpty() ? "an empty list" : "a list";
            case OBJECT -> "an object";
            case NULL -> "null";
        };
    }

    static String quoted(String text) {
        String open = QUERY.matcher(USER_INFO.matcher(text).replaceAll("***@")).replaceAll("$1?***");
        return ConfigUtil.quoteString(
                open.length() <= MAX_PRINTED_CHARS ? open : open.substring(0, MAX_PRINTED_CHARS) + "…");
    }

    /** The path of a key in a section, the key in quotes if it needs them; the path of the top is empty. */
    static String path(String section, String key) {
        String name = PLAIN_KEY.matcher(key).matches() ? key : ConfigUtil.quoteString(key);
        return section.isEmpty() ? name : section + '.' + name;
    }
}
