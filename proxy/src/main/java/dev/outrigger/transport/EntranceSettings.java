package dev.outrigger.transport;

import dev.outrigger.config.model.AddressRange;
import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.transport.ProtocolDetector.Scope;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What decides how the connections of one listener begin.
 *
 * @param scope what has to be found out about them; null if nothing: all are opaque, and go the same way
 * @param detectTimeoutNanos until when a connection that may be opaque has to show what it is
 * @param trustedProxies whose connections begin with a PROXY header
 * @param outbound whether they are the application's own to others, which the network has redirected
 */
public record EntranceSettings(
        @Nullable Scope scope, long detectTimeoutNanos, List<AddressRange> trustedProxies, boolean outbound) {
    /** Of a listener that takes HTTP only, from anybody. */
    public static final EntranceSettings HTTP = new EntranceSettings(Scope.HTTP, 0, List.of(), false);

    public EntranceSettings {
        trustedProxies = List.copyOf(trustedProxies);
    }

    public static EntranceSettings of(ListenerConfig config) {
        return new EntranceSettings(
                scope(config),
                config.tcp().detectTimeout().toNanos(),
                config.proxyProtocol().trusted(),
                config.interception().map(InterceptionConfig::isOutbound).orElse(false));
    }

    private static @Nullable Scope scope(ListenerConfig config) {
        return switch (config.protocol()) {
            case HTTP -> Scope.HTTP;
            case AUTO -> Scope.AUTO;
            case TCP -> config.tcp().sni().isEmpty() ? null : Scope.SERVER_NAME;
        };
    }

    /** Whether the connections of a source begin with a PROXY header. */
    public boolean isTrustedProxy(@Nullable SocketAddress source) {
        return source instanceof InetSocketAddress inet
                && inet.getAddress() != null
                && trustedProxies.stream().anyMatch(range -> range.contains(inet.getAddress()));
    }
}
