package dev.outrigger.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that change something and come from a web page of another origin. Browsers send such requests without
 * asking first and name the page's origin in {@code Origin} (RFC 6454 §7); programs send no such header.
 *
 * <p>The origin must be this port's own, which is what the {@code Host} header says: {@link HostGuard} has vouched for that.
 */
public final class OriginGuard implements OpsGuard {
    private static final OpsReply REFUSAL =
            OpsReply.error(403, "request from a page of another origin, expected this port's own or none");

    @Override
    public @Nullable OpsReply refuse(OpsRequest request) {
        if (request.isSafe()) {
            return null;
        }
        List<String> origins = request.headers("origin");
        List<String> hosts = request.headers("host");
        boolean sameOrigin =
                origins.isEmpty() || (origins.size() == 1 && hosts.size() == 1 && isOf(origins.get(0), hosts.get(0)));
        return sameOrigin ? null : REFUSAL;
    }

    private static boolean isOf(String origin, String host) {
        return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
    }
}
