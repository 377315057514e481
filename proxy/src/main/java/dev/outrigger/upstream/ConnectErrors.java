package dev.outrigger.upstream;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;

/**
 * Says in two words why a connect failed. The exceptions' own messages name addresses, which never leave the process
 * through status pages.
 */
final class ConnectErrors {
    static final String REFUSED = "connect refused";
    static final String TIMEOUT = "connect timeout";
    static final String UNKNOWN_HOST = "unknown host";
    static final String UNREACHABLE = "unreachable";
    /** Neither the network nor the peer: no file descriptor left, no port left. */
    static final String FAILED = "connect failed";

    private ConnectErrors() {}

    /** The native transports tell some errors apart only by the system's text, which comes with every one of them. */
    static String phrase(Throwable cause) {
        if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
            return UNKNOWN_HOST;
        }
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (cause instanceof ConnectTimeoutException || message.contains("timed out")) {
            return TIMEOUT;
        }
        if (cause instanceof NoRouteToHostException
                || message.contains("unreachable")
                || message.contains("no route to host")) {
            return UNREACHABLE;
        }
        return cause instanceof ConnectException ? REFUSED : FAILED;
    }
}
