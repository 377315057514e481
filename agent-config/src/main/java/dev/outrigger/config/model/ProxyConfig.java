package dev.outrigger.config.model;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One whole configuration. Listeners and upstreams stand by name, routes as the operator ordered them.
 *
 * @param serviceName how the sidecar names itself in telemetry ({@code service.name})
 * @param listeners at least one
 * @param upstreams at least one, unless all listeners intercept; names are distinct
 * @param routes at least one, unless all listeners intercept; names and path prefixes are distinct, every upstream exists
 * @param original where intercepted requests go that no route claims; present if a listener intercepts
 */
public record ProxyConfig(
        String serviceName,
        List<ListenerConfig> listeners,
        List<UpstreamConfig> upstreams,
        List<RouteConfig> routes,
        McpConfig mcp,
        TelemetryConfig telemetry,
        StatusConfig status,
        AdminConfig admin,
        LifecycleConfig lifecycle,
        RuntimeConfig runtime,
        DeadLetterConfig deadLetter,
        OverloadConfig overload,
        Optional<OriginalConfig> original) {

    public ProxyConfig {
        listeners = List.copyOf(listeners);
        upstreams = List.copyOf(upstreams);
        routes = List.copyOf(routes);
    }

    /** All that the configuration says is secret, wherever it is kept. */
    public List<Secret> secrets() {
        return Stream.of(
                        admin.token(),
                        telemetry.prometheus().token(),
                        telemetry.tracing().headers())
                .flatMap(Optional::stream)
                .toList();
    }

    /** The files of certificates and private keys, which are renewed without the configuration. */
    public Set<Path> tlsFiles() {
        Set<Path> files = new LinkedHashSet<>();
        for (ListenerConfig listener : listeners) {
            listener.tls().ifPresent(tls -> files.addAll(tls.files()));
        }
        for (UpstreamConfig upstream : upstreams) {
            upstream.tls().ifPresent(tls -> files.addAll(tls.files()));
        }
        return files;
    }
}
