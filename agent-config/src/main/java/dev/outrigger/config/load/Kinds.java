package dev.outrigger.config.load;

import com.typesafe.config.ConfigValueFactory;
import dev.outrigger.config.model.AddressRange;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.TlsVersion;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kinds of values that the configuration knows, with their ranges. */
final class Kinds {
    /** Longer than any sensible timeout, and far from the 292 years that nanoseconds in a long can tell. */
    private static final Duration LONGEST = Duration.ofDays(365);

    /** Timers tick in milliseconds: a shorter timeout cannot be kept. */
    static final ValueKind<Duration> TIMEOUT = duration(Duration.ofMillis(1));

    static final ValueKind<Duration> TIMEOUT_OR_ZERO = duration(Duration.ZERO);

    static final ValueKind<Double> SHARE =
            ValueKind.ofText("a share from 0% to 100% such as 25% or 0.25", 0.0, Shares::parse);

    static final ValueKind<Double> SHARE_ABOVE_ZERO = ValueKind.ofText(
            "a share above 0% and up to 100% such as 25% or 0.25",
            1.0, text -> {
                Double share = Shares.parse(text);
                return share != null && share > 0 ? share : null;
            });

    /** A thousand times as long after each time is longer than anybody waits. */
    static final ValueKind<Double> FACTOR =
            ValueKind.ofText("a number from 1 to 1000 such as 2 or 1.5", 1.0, Kinds::parseFactor);

    private static final Pattern FAILED_STATUS_FORM = Pattern.compile("[1-5](\\d\\d|xx)");

    static final ValueKind<String> FAILED_STATUS = ValueKind.ofText(
            "a status such as 503, or a class of them such as 5xx",
            "5xx",
            text -> FAILED_STATUS_FORM.matcher(text).matches() ? text : null);

    static final ValueKind<Integer> RPC_CODE = count(Integer.MIN_VALUE, Integer.MAX_VALUE);

    static final ValueKind<HostPort> BIND = address(0);

    static final ValueKind<HostPort> ENDPOINT = address(1);

    static final ValueKind<Boolean> SWITCH = ValueKind.ofText("true or false", false, Kinds::parseSwitch);

    static final ValueKind<String> NOT_BLANK =
            ValueKind.ofText("a text that is not empty", "", text -> text.isBlank() ? null : text);

    /** Names become metric labels and parts of admin paths; 63 letters as in a DNS label. */
    private static final Pattern NAME_FORM = Pattern.compile("[A-Za-z0-9_.-]{1,63}");

    static final ValueKind<String> NAME =
            matching("a name of 1 to 63 letters, digits, underscores, dots and dashes", NAME_FORM);

    static final ValueKind<String> PATH_PREFIX = matching(
            "a path that starts with a slash, without spaces, ? and #",
            Pattern.compile("/[\\x21-\\x7e&&[^?#]]{0,254}"));

    static final ValueKind<String> PATH = matching(
            "a path that starts with a slash, without spaces and #", Pattern.compile("/[\\x21-\\x7e&&[^#]]{0,1023}"));

    /** The form of header names and methods (RFC 9110, 5.6.2). */
    static final ValueKind<String> TOKEN = matching(
            "a name of letters, digits and !#$%&'*+-.^_`|~", Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,255}"));

    static final ValueKind<String> HEADER_NAME = ValueKind.ofText(
            "the name of a header", "x", text -> accepts(TOKEN, text) ? text.toLowerCase(Locale.ROOT) : null);

    static final ValueKind<String> TOOL_PATTERN = matching(
            "a tool name of 1 to 256 characters, without control characters; * stands for any run of characters",
            Pattern.compile("[^\\p{Cc}\\p{Cs}]{1,256}"));

    static final ValueKind<String> HEADER_VALUE =
            matching("a text without control characters", Pattern.compile("[^\\p{Cc}]{0,4096}"));

    /** Credentials belong in a file, so a URL that carries some is refused. */
    static final ValueKind<String> URL_OR_EMPTY =
            ValueKind.ofText("an http or https URL without user, query and fragment, or nothing", "", Kinds::parseUrl);

    /** A container of the pod and one of its probes, as they stand in the path of the status port. */
    static final ValueKind<String> APP_PROBE_NAME = matching(
            "a container and livez, readyz or startupz, as \"app/readyz\"",
            Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?/(?:livez|readyz|startupz)"));

    static final ValueKind<URI> APP_PROBE = ValueKind.ofText(
            "a URL with a port, as http://127.0.0.1:8080/ready, https, tcp or grpc",
            URI.create("http://127.0.0.1:80/"),
            Kinds::parseAppProbe);

    static final ValueKind<String> FILE_OR_EMPTY =
            ValueKind.ofText("the path of a file, or nothing", "", Kinds::parseFile);

    static final ValueKind<String> FILE =
            ValueKind.ofText("the path of a file", "", text -> text.isEmpty() ? null : parseFile(text));

    static final ValueKind<TlsVersion> TLS_VERSION = choice(TlsVersion.class, TlsVersion::number);

    /** Whether a suite exists is only known where TLS is. */
    static final ValueKind<String> CIPHER =
            matching("a cipher suite such as TLS_AES_128_GCM_SHA256", Pattern.compile("TLS_[A-Z0-9_]{1,80}"));

    static final ValueKind<String> HOST_OR_EMPTY =
            matching("a host name, or nothing", Pattern.compile("[A-Za-z0-9._-]{0,253}"));

    static final ValueKind<String> SERVER_PATTERN = matching(
            "a host name such as db.example.com or *.example.com",
            Pattern.compile("(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*"));

    static final ValueKind<String> UPGRADE = ValueKind.ofText(
            "a protocol such as websocket, or *",
            "*",
            text -> text.equals("*") || isUpgrade(text) ? text.toLowerCase(Locale.ROOT) : null);

    static final ValueKind<AddressRange> ADDRESS_RANGE = ValueKind.ofText(
            "a range of addresses such as 10.0.0.0/8 or fd00::/8, or one address",
            new AddressRange(InetAddress.getLoopbackAddress(), 0),
            Addresses::parseRange);

    static final ValueKind<Integer> STREAMS = count(1, 1_000_000);

    /** From what HTTP/2 begins with (RFC 9113, 6.5.2) to what fits into an int. */
    static final ValueKind<Long> WINDOW = size(1 << 14, 1 << 30);

    private Kinds() {}

    /** HTTP/2 over an upgrade is obsolete (RFC 9113, 3.1), and would take the connection away from the proxy. */
    private static boolean isUpgrade(String text) {
        return accepts(TOKEN, text) && !text.toLowerCase(Locale.ROOT).startsWith("h2");
    }

    static boolean isName(String text) {
        return NAME_FORM.matcher(text).matches();
    }

    static ValueKind<Integer> count(int min, int max) {
        return ValueKind.ofText("a whole number from " + min + " to " + max, min, text -> {
            Long number = wholeNumber(text);
            return number != null && number >= min && number <= max ? number.intValue() : null;
        });
    }

    /** A size in bytes. */
    static ValueKind<Long> size(long minBytes, long maxBytes) {
        String expected = "a size from " + Sizes.format(minBytes) + " to " + Sizes.format(maxBytes) + " such as 8KiB";
        return ValueKind.ofText(expected, minBytes, text -> {
            Long bytes = Sizes.parse(text);
            return bytes != null && bytes >= minBytes && bytes <= maxBytes ? bytes : null;
        });
    }

    /** One of an enum's constants, written in lower case. */
    static <E extends Enum<E>> ValueKind<E> choice(Class<E> type) {
        return choice(type, Kinds::word);
    }

    /** One of an enum's constants, written in lower case and with dashes. */
    static <E extends Enum<E>> ValueKind<E> dashedChoice(Class<E> type) {
        return choice(type, Kinds::dashedWord);
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static String dashedWord(Enum<?> constant) {
        return word(constant).replace('_', '-');
    }

    private static <E extends Enum<E>> ValueKind<E> choice(Class<E> type, Function<E, String> words) {
        Map<String, E> byWord = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            byWord.put(words.apply(constant), constant);
        }
        return choice(byWord);
    }

    /** One of some words. */
    static ValueKind<String> oneOf(String... words) {
        Map<String, String> byWord = new LinkedHashMap<>();
        for (String word : words) {
            byWord.put(word, word);
        }
        return choice(byWord);
    }

    /** Whether a text is of a kind. */
    static boolean accepts(ValueKind<?> kind, String text) {
        return kind.parser().parse(ConfigValueFactory.fromAnyRef(text)) != null;
    }

    /** The first one stands in for a refused value. */
    private static <T> ValueKind<T> choice(Map<String, T> byWord) {
        List<String> words = List.copyOf(byWord.keySet());
        String last = words.get(words.size() - 1);
        String expected =
                words.size() == 1 ? last : String.join(", ", words.subList(0, words.size() - 1)) + " or " + last;
        T standIn = byWord.values().iterator().next();
        ValueKind<T> kind = ValueKind.ofText(expected, standIn, byWord::get);
        return new ValueKind<>(expected, standIn, words, kind.parser());
    }

    private static ValueKind<Duration> duration(Duration min) {
        String expected =
                "a duration from " + Durations.format(min) + " to " + Durations.format(LONGEST) + " such as 30s";
        return ValueKind.ofText(expected, LONGEST, text -> {
            Duration duration = Durations.parse(text);
            return duration != null && duration.compareTo(min) >= 0 && duration.compareTo(LONGEST) <= 0
                    ? duration
                    : null;
        });
    }

    private static ValueKind<HostPort> address(int minPort) {
        String expected = "host:port with a port from " + minPort + " to " + Addresses.MAX_PORT;
        return ValueKind.ofText(expected, new HostPort("", 0), text -> Addresses.parse(text, minPort));
    }

    private static ValueKind<String> matching(String expected, Pattern pattern) {
        return ValueKind.ofText(expected, "", text -> pattern.matcher(text).matches() ? text : null);
    }

    private static @Nullable URI parseAppProbe(String text) {
        try {
            URI url = new URI(text);
            boolean isKnown = Set.of("http", "https", "tcp", "grpc").contains(String.valueOf(url.getScheme()));
            boolean isWhole = url.getHost() != null && url.getPort() > 0 && url.getPort() <= Addresses.MAX_PORT;
            return isKnown && isWhole && url.getUserInfo() == null && url.getFragment() == null ? url : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static @Nullable Boolean parseSwitch(String text) {
        return switch (text) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> null;
        };
    }

    private static @Nullable Double parseFactor(String text) {
        try {
            double factor = Double.parseDouble(text);
            return factor >= 1 && factor <= 1000 ? factor : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable String parseUrl(String text) {
        if (text.isEmpty()) {
            return text;
        }
        try {
            URI uri = new URI(text);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean isBare = uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null;
            return isHttp && isBare && uri.getHost() != null && uri.getPort() <= Addresses.MAX_PORT ? text : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static @Nullable String parseFile(String text) {
        try {
            return Path.of(text).toString();
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static @Nullable Long wholeNumber(String text) {
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
