package dev.outrigger.config.load;

import dev.outrigger.config.model.AddressRange;
import dev.outrigger.config.model.HostPort;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Socket addresses as text: {@code 127.0.0.1:8080}, {@code mcp.default.svc:8080}, {@code [::1]:8080}. Nothing is looked up. */
final class Addresses {
    static final int MAX_PORT = 65_535;

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]]+)):(\\d{1,5})");
    private static final Pattern RANGE = Pattern.compile("([0-9A-Fa-f:.]+)(?:/(\\d{1,3}))?");
    private static final Pattern LABEL_CHAIN =
            Pattern.compile("(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
                    + "(?:\\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\\.?");
    private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");

    private Addresses() {}

    /** The address, or null if the text is none or its port is out of range. */
    static @Nullable HostPort parse(String text, int minPort) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return null;
        }
        int port = Integer.parseInt(form.group(3));
        String host = form.group(1) != null ? form.group(1) : form.group(2);
        boolean isHost = form.group(1) != null ? isIpv6(host) : isIpv4(host) || isName(host);
        return isHost && port >= minPort && port <= MAX_PORT ? new HostPort(host, port) : null;
    }

    /** {@code 10.0.0.0/8}, or an address alone; null if the text is no range or has bits behind its prefix. */
    static @Nullable AddressRange parseRange(String text) {
        Matcher form = RANGE.matcher(text.strip());
        InetAddress first =
                form.matches() && (isIpv4(form.group(1)) || isIpv6(form.group(1))) ? literal(form.group(1)) : null;
        if (first == null) {
            return null;
        }
        int bits = first.getAddress().length * Byte.SIZE;
        int prefix = form.group(2) == null ? bits : Integer.parseInt(form.group(2));
        boolean isWhole = prefix <= bits && new BigInteger(1, first.getAddress()).getLowestSetBit() >= bits - prefix;
        return isWhole || prefix <= bits && isZero(first) ? new AddressRange(first, prefix) : null;
    }

    private static boolean isZero(InetAddress address) {
        return new BigInteger(1, address.getAddress()).signum() == 0;
    }

    /**
     * Whether two bound sockets would want the same port of the same address. Port 0 is another free port each time. A
     * wildcard of either family takes the port of both, as a dual-stack socket does.
     */
    static boolean overlap(HostPort one, HostPort other) {
        if (one.port() == 0 || one.port() != other.port()) {
            return false;
        }
        String first = canonical(one.host());
        String second = canonical(other.host());
        return first.equals(second) || first.equals("*") || second.equals("*") || isLocalhostPair(first, second);
    }

    /** The name may stand for either family's loopback address. */
    private static boolean isLocalhostPair(String first, String second) {
        boolean isNamed = first.equals("localhost") || second.equals("localhost");
        return isNamed && LOOPBACK.contains(first) && LOOPBACK.contains(second);
    }

    private static String canonical(String host) {
        if (!isIpv4(host) && !isIpv6(host)) {
            String name = host.toLowerCase(Locale.ROOT);
            return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        }
        InetAddress address = literal(host);
        return address == null || address.isAnyLocalAddress() ? "*" : address.getHostAddress();
    }

    private static boolean isName(String host) {
        return LABEL_CHAIN.matcher(host).matches()
                && !DIGITS_AND_DOTS.matcher(host).matches();
    }

    private static boolean isIpv4(String host) {
        return IPV4.matcher(host).matches();
    }

    private static boolean isIpv6(String host) {
        return host.indexOf(':') >= 0 && literal(host) != null;
    }

    /** A literal address is parsed by the JDK without asking a name service; anything with a colon can only be a literal. */
    private static @Nullable InetAddress literal(String host) {
        try {
            return InetAddress.getByName(host.indexOf(':') >= 0 ? '[' + host + ']' : host);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
