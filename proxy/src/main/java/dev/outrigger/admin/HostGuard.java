package dev.outrigger.admin;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests whose {@code Host} is a name that anybody may point at this machine: with such a name a web page talks to
 * a loopback port as if it were its own origin (DNS rebinding). An address that was typed cannot be rebound.
 *
 * <p>Passed are {@code localhost}, every loopback address, and what the port was told to bind to; bound to all addresses,
 * every literal address. The port number is left alone, because port forwarding changes it.
 */
public final class HostGuard implements OpsGuard {
    private static final OpsReply REFUSAL = OpsReply.error(
            403, "Host is not this machine, expected localhost, a loopback address, or the address of admin.bind");

    private final String boundHost;
    private final @Nullable InetAddress boundAddress;

    /** @param boundHost name or address as configured, an IPv6 address with or without brackets */
    public HostGuard(String boundHost) {
        this.boundHost = withoutBrackets(boundHost);
        this.boundAddress = NetUtil.createInetAddressFromIpAddressString(this.boundHost);
    }

    @Override
    public @Nullable OpsReply refuse(OpsRequest request) {
        List<String> hosts = request.headers("host");
        return !hosts.isEmpty() && isTrusted(hosts.get(0)) ? null : REFUSAL;
    }

    private boolean isTrusted(String host) {
        String name = withoutPort(host);
        if (name == null) {
            return false;
        }
        if (name.equalsIgnoreCase("localhost") || name.equalsIgnoreCase(boundHost)) {
            return true;
        }
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(name);
        if (literal == null) {
            return false;
        }
        return literal.isLoopbackAddress()
                || (boundAddress != null && (boundAddress.isAnyLocalAddress() || boundAddress.equals(literal)));
    }

    /** @return the host part, brackets removed; null if {@code host} is not {@code host[:port]} */
    private static @Nullable String withoutPort(String host) {
        int nameEnd = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
        if (nameEnd < 0) {
            return host;
        }
        String port = host.substring(nameEnd);
        if (nameEnd == 0 || !port.matches("(:[0-9]{0,5})?")) {
            return null;
        }
        return withoutBrackets(host.substring(0, nameEnd));
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
