package dev.outrigger.config.load;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.outrigger.config.model.LifecycleConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.McpConfig;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.PrometheusConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.Secret;
import dev.outrigger.config.model.StatusConfig;
import dev.outrigger.config.model.TelemetryConfig;
import dev.outrigger.config.model.ToolConfig;
import dev.outrigger.config.model.TracingConfig;
import dev.outrigger.config.model.UpstreamConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The effective configuration as text: every value, defaults included, in the keys and units of the file. It is JSON, which
 * is also HOCON, and loading it gives the same configuration again.
 *
 * <p>Safe to show: of secrets it holds the paths of their files; three stars stand for one that the environment gave, and such
 * a text cannot be loaded again.
 */
public final class ConfigRenderer {
    private static final String REDACTED = "***";

    private ConfigRenderer() {}

    /** JSON over several lines. */
    public static String formatted(ProxyConfig config) {
        return render(config, ConfigRenderOptions.concise().setFormatted(true));
    }

    /** JSON in one line; equal configurations give equal lines. */
    public static String concise(ProxyConfig config) {
        return render(config, ConfigRenderOptions.concise());
    }

    private static String render(ProxyConfig config, ConfigRenderOptions options) {
        return ConfigValueFactory.fromMap(Map.of(ConfigLoader.ROOT, proxy(config)))
                .render(options);
    }

    private static Map<String, Object> proxy(ProxyConfig config) {
        Map<String, Object> listeners = new TreeMap<>();
        config.listeners().forEach(listener -> listeners.put(listener.name(), listener(listener)));
        Map<String, Object> upstreams = new TreeMap<>();
        config.upstreams().forEach(upstream -> upstreams.put(upstream.name(), upstream(upstream)));
        Map<String, Object> values = new TreeMap<>(Map.of(
                "service-name",
                config.serviceName(),
                "listeners",
                listeners,
                "upstreams",
                upstreams,
                "routes",
                config.routes().stream().map(ConfigRenderer::route).toList(),
                "mcp",
                mcp(config.mcp()),
                "telemetry",
                telemetry(config.telemetry()),
                "status",
                status(config.status()),
                "admin",
                withSecret(
                        Map.of("bind", config.admin().bind().toString()),
                        "token",
                        config.admin().token()),
                "lifecycle",
                lifecycle(config.lifecycle()),
                "runtime",
                Map.of(
                        "transport", Kinds.word(config.runtime().transport()),
                        "workers", config.runtime().workers())));
        config.original().ifPresent(original -> OriginalSection.render(values, original));
        values.put("dead-letter", RetryRenderer.deadLetter(config.deadLetter()));
        values.put("overload", PolicyRenderer.overload(config.overload()));
        return values;
    }

    private static Map<String, Object> status(StatusConfig status) {
        Map<String, String> probes = new TreeMap<>();
        status.appProbes().forEach((name, url) -> probes.put(name, url.toString()));
        return Map.of("bind", status.bind().toString(), "app-probes", probes);
    }

    private static Map<String, Object> lifecycle(LifecycleConfig lifecycle) {
        return Map.of(
                "drain-timeout", Durations.format(lifecycle.drainTimeout()),
                "warm-up", lifecycle.warmUp(),
                "warm-up-limit", Durations.format(lifecycle.warmUpLimit()),
                "hand-over", lifecycle.handOver());
    }

    private static Map<String, Object> prometheus(PrometheusConfig prometheus) {
        Map<String, Object> values = Map.of(
                "enabled", prometheus.enabled(),
                "quantile-window", Durations.format(prometheus.quantileWindow()),
                "merge", prometheus.merge());
        return withSecret(values, "token", prometheus.token());
    }

    private static Map<String, Object> withSecret(Map<String, Object> values, String key, Optional<Secret> secret) {
        Map<String, Object> all = new TreeMap<>(values);
        Optional<Path> file = secret.flatMap(Secret::file);
        all.put(key + SecretKeys.FILE_SUFFIX, file.map(Path::toString).orElse(""));
        if (secret.isPresent() && file.isEmpty()) {
            all.put(key, REDACTED);
        }
        return all;
    }

    private static Map<String, Object> mcp(McpConfig mcp) {
        return Map.of(
                "scan-limit",
                Sizes.format(mcp.scanLimitBytes()),
                "max-tool-labels",
                mcp.maxToolLabels(),
                "inject-meta-trace",
                mcp.injectMetaTrace(),
                "refusal",
                Kinds.dashedWord(mcp.refusal()),
                "stream-keep-alive",
                Durations.format(mcp.streamKeepAlive()),
                "sessions",
                Map.of("max", mcp.maxSessions(), "idle-timeout", Durations.format(mcp.sessionIdleTimeout())));
    }

    private static Map<String, Object> listener(ListenerConfig listener) {
        Map<String, Object> values = new TreeMap<>(ProtocolRenderer.listener(listener));
        values.putAll(Map.of(
                "bind",
                listener.bind().toString(),
                ListenerSection.MODE,
                listener.interception().isPresent() ? ListenerSection.TRANSPARENT : ListenerSection.REVERSE,
                ListenerSection.PROTOCOL,
                Kinds.word(listener.protocol()),
                "request-head-timeout",
                Durations.format(listener.requestHeadTimeout()),
                "idle-timeout",
                Durations.format(listener.idleTimeout()),
                "max-connections-per-address",
                listener.maxConnectionsPerAddress(),
                "max-connections",
                listener.maxConnections(),
                "max-request-line",
                Sizes.format(listener.maxRequestLineBytes()),
                "max-header-bytes",
                Sizes.format(listener.maxHeaderBytes()),
                "max-headers",
                listener.maxHeaders()));
        listener.interception().ifPresent(interception -> values.putAll(InterceptionSection.render(interception)));
        return values;
    }

    static Map<String, Object> upstream(UpstreamConfig upstream) {
        Map<String, Object> values = new TreeMap<>(ProtocolRenderer.upstream(upstream));
        values.putAll(BalancingRenderer.upstream(upstream));
        values.putAll(Map.of(
                "protocol",
                Kinds.word(upstream.protocol()),
                "session-affinity",
                Kinds.dashedWord(upstream.sessionAffinity()),
                "pool",
                pool(upstream.pool()),
                BreakerSection.KEY,
                BreakerSection.render(upstream.breaker())));
        return values;
    }

    private static Map<String, Object> pool(PoolConfig pool) {
        return Map.of(
                "connect-timeout", Durations.format(pool.connectTimeout()),
                "idle-timeout", Durations.format(pool.idleTimeout()),
                "max-lifetime", Durations.format(pool.maxLifetime()),
                "max-connections", pool.maxConnections(),
                "max-pending", pool.maxPending());
    }

    static Map<String, Object> route(RouteConfig route) {
        Map<String, Object> values = new TreeMap<>(Map.of(
                "match", Map.of("path-prefix", route.pathPrefix()),
                "timeout", Durations.format(route.timeout()),
                "idle-timeout", Durations.format(route.idleTimeout()),
                "max-duration", Durations.format(route.maxDuration()),
                "upgrades", route.upgrades(),
                "hide-denied", route.hideDenied(),
                "tools", tools(route.tools())));
        values.putAll(RetryRenderer.route(route));
        DestinationSection.render(route, values);
        if (!route.name().equals(route.pathPrefix())) {
            values.put("name", route.name());
        }
        PolicyRenderer.limits(values, route.rateLimit(), route.concurrencyLimit());
        route.cache().ifPresent(cache -> values.put(CacheSection.KEY, CacheSection.render(cache)));
        return values;
    }

    private static Map<String, Object> tools(List<ToolConfig> tools) {
        Map<String, Object> byPattern = new TreeMap<>();
        tools.forEach(tool -> byPattern.put(tool.pattern(), tool(tool)));
        return byPattern;
    }

    private static Map<String, Object> tool(ToolConfig tool) {
        Map<String, Object> values = new TreeMap<>(Map.of(
                ToolsSection.TIMEOUT, Durations.format(tool.timeout()), ToolsSection.DEAD_LETTER, tool.deadLetter()));
        tool.allow().ifPresent(allow -> values.put("allow", allow));
        tool.breaker().ifPresent(breaker -> values.put(BreakerSection.KEY, BreakerSection.render(breaker)));
        PolicyRenderer.limits(values, tool.rateLimit(), tool.concurrencyLimit());
        tool.cacheTtl().ifPresent(ttl -> values.put(CacheSection.KEY, Map.of(CacheSection.TTL, Durations.format(ttl))));
        return values;
    }

    private static Map<String, Object> telemetry(TelemetryConfig telemetry) {
        TracingConfig tracing = telemetry.tracing();
        return Map.of(
                "tracing",
                withSecret(
                        Map.of(
                                "enabled", tracing.enabled(),
                                "otlp-endpoint", tracing.otlpEndpoint(),
                                "protocol", Kinds.word(tracing.protocol()),
                                "sample", Shares.format(tracing.sample())),
                        "headers",
                        tracing.headers()),
                "access-log",
                Map.of("path", telemetry.accessLog().path()),
                "prometheus",
                prometheus(telemetry.prometheus()),
                "log-level",
                Kinds.word(telemetry.logLevel()));
    }
}
