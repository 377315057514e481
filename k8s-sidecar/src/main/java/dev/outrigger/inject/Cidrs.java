package dev.outrigger.inject;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Tells address ranges in the notation of RFC 4632 from everything else, without ever asking a name server. */
final class Cidrs {
    /** What can only be an address: a name has letters behind f, or no colon. */
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private static final Pattern PREFIX = Pattern.compile("\\d{1,3}");

    private Cidrs() {}

    static boolean isRange(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return false;
        }
        String address = text.substring(0, slash);
        String prefix = text.substring(slash + 1);
        if (!ADDRESS.matcher(address).matches() || !PREFIX.matcher(prefix).matches()) {
            return false;
        }
        try {
            int bits = InetAddress.getByName(address).getAddress().length * Byte.SIZE;
            return Integer.parseInt(prefix) <= bits;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
