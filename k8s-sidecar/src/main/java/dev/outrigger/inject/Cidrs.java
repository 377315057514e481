package dev.outrigger.inject;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Tells address ranges in the notation of RFC 4632 from everything else, without ever asking a name server. */
final class Cidrs {
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    /** Whole: four numbers of which one is too large are a name to Java. */
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    /** What can only be an address, since names have no colon. */
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:]*");

    private static final Pattern PREFIX = Pattern.compile("\\d{1,3}");
    private static final int IPV6_BYTES = 16;

    private Cidrs() {}

    /** Whether the rules take it: an address with bits behind the prefix is a mistake in one of the two. */
    static boolean isRange(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return false;
        }
        String address = text.substring(0, slash);
        String prefix = text.substring(slash + 1);
        boolean isIpv6 = IPV6.matcher(address).matches();
        if (!isIpv6 && !IPV4.matcher(address).matches()
                || !PREFIX.matcher(prefix).matches()) {
            return false;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            int rest = bytes.length * Byte.SIZE - Integer.parseInt(prefix);
            boolean isWhole = rest >= 0
                    && new BigInteger(1, bytes)
                                    .mod(BigInteger.ONE.shiftLeft(rest))
                                    .signum()
                            == 0;
            return isWhole && (!isIpv6 || bytes.length == IPV6_BYTES);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
