package dev.outrigger.config.load;

import dev.outrigger.config.model.AdminConfig;
import dev.outrigger.config.model.DeadLetterConfig;
import dev.outrigger.config.model.LifecycleConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.McpConfig;
import dev.outrigger.config.model.OverloadConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.RuntimeConfig;
import dev.outrigger.config.model.StatusConfig;
import dev.outrigger.config.model.UpstreamConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The keys under the root. */
final class ProxySection {
    private static final ValueKind<Long> SCAN_BYTES = Kinds.size(1 << 10, 64 << 20);
    private static final ValueKind<Integer> LABELS = Kinds.count(0, 100_000);
    private static final ValueKind<Integer> SESSIONS = Kinds.count(1, 10_000_000);
    private static final ValueKind<Long> DEAD_LETTER_BYTES = Kinds.size(1 << 10, 16L << 30);
    private static final ValueKind<Integer> WORKERS = Kinds.count(0, 1024);

    private final ConfigReader reader;
    private final Findings findings;

    ProxySection(ConfigReader reader, Findings findings) {
        this.reader = reader;
        this.findings = findings;
    }

    /** The configuration; if there are findings it holds stand-ins and is only good for further checks. */
    ProxyConfig read() {
        ConfigReader defaults = reader.section("defaults");
        Map<String, ListenerConfig> listeners = listeners(defaults.section("listener"));
        ConfigReader upstreamDefaults = defaults.section("upstream");
        Map<String, UpstreamConfig> upstreams = upstreams(upstreamDefaults);
        ConfigReader routeDefaults = defaults.section("route");
        Map<String, RouteConfig> routes = routes(routeDefaults, upstreamDefaults.section(BreakerSection.KEY));
        defaults.finish();
        ProxyConfig config = new ProxyConfig(
                reader.read("service-name", Kinds.NOT_BLANK),
                List.copyOf(listeners.values()),
                List.copyOf(upstreams.values()),
                List.copyOf(routes.values()),
                mcp(reader.section("mcp")),
                TelemetrySection.read(reader.section("telemetry")),
                status(reader.section("status")),
                admin(reader.section("admin")),
                lifecycle(reader.section("lifecycle")),
                runtime(reader.section("runtime")),
                deadLetter(reader.section("dead-letter")),
                overload(reader.section("overload")),
                OriginalSection.read(
                        reader.section(OriginalSection.KEY),
                        upstreamDefaults,
                        routeDefaults,
                        findings,
                        listeners.values()));
        reader.finish();
        new ConfigValidator(reader.path(), reader.place(), findings).validate(config, listeners, upstreams, routes);
        return config;
    }

    private Map<String, ListenerConfig> listeners(ConfigReader defaults) {
        Map<String, ListenerConfig> byPath = new LinkedHashMap<>();
        reader.named("listeners", defaults).forEach((name, listener) -> {
            checkName(name, listener);
            byPath.put(listener.path(), ListenerSection.read(name, listener));
        });
        return byPath;
    }

    private Map<String, UpstreamConfig> upstreams(ConfigReader defaults) {
        Map<String, UpstreamConfig> byPath = new LinkedHashMap<>();
        reader.named("upstreams", defaults).forEach((name, upstream) -> {
            checkName(name, upstream);
            byPath.put(upstream.path(), UpstreamSection.read(name, upstream));
        });
        return byPath;
    }

    private Map<String, RouteConfig> routes(ConfigReader defaults, ConfigReader breakers) {
        Map<String, RouteConfig> byPath = new LinkedHashMap<>();
        for (ConfigReader route : reader.elements("routes", defaults)) {
            byPath.put(route.path(), RouteSection.read(route, findings, breakers));
        }
        return byPath;
    }

    private void checkName(String name, ConfigReader named) {
        if (!Kinds.isName(name)) {
            findings.problem(named.place(), named.path(), ValueText.quoted(name), Kinds.NAME.expected());
        }
    }

    private static McpConfig mcp(ConfigReader reader) {
        ConfigReader sessions = reader.section("sessions");
        McpConfig mcp = new McpConfig(
                reader.read("scan-limit", SCAN_BYTES),
                reader.read("max-tool-labels", LABELS),
                reader.read("inject-meta-trace", Kinds.SWITCH),
                reader.read("refusal", Kinds.dashedChoice(McpConfig.Refusal.class)),
                reader.read("stream-keep-alive", Kinds.TIMEOUT_OR_ZERO),
                sessions.read("max", SESSIONS),
                sessions.read("idle-timeout", Kinds.TIMEOUT));
        sessions.finish();
        reader.finish();
        return mcp;
    }

    private static StatusConfig status(ConfigReader reader) {
        StatusConfig status = new StatusConfig(
                reader.read("bind", Kinds.BIND), reader.readMap("app-probes", Kinds.APP_PROBE_NAME, Kinds.APP_PROBE));
        reader.finish();
        return status;
    }

    private static AdminConfig admin(ConfigReader reader) {
        AdminConfig admin = new AdminConfig(
                reader.read("bind", Kinds.BIND), SecretKeys.read(reader, "token", "OUTRIGGER_ADMIN_TOKEN"));
        reader.finish();
        return admin;
    }

    private static LifecycleConfig lifecycle(ConfigReader reader) {
        LifecycleConfig lifecycle = new LifecycleConfig(
                reader.read("drain-timeout", Kinds.TIMEOUT_OR_ZERO),
                reader.read("warm-up", Kinds.SWITCH),
                reader.read("warm-up-limit", Kinds.TIMEOUT),
                reader.read("hand-over", Kinds.SWITCH));
        reader.finish();
        return lifecycle;
    }

    private static DeadLetterConfig deadLetter(ConfigReader reader) {
        DeadLetterConfig deadLetter = new DeadLetterConfig(
                reader.read("path", Kinds.FILE_OR_EMPTY),
                reader.read("max-bytes", DEAD_LETTER_BYTES),
                reader.read("fsync", Kinds.choice(DeadLetterConfig.Fsync.class)));
        reader.finish();
        return deadLetter;
    }

    private static OverloadConfig overload(ConfigReader reader) {
        OverloadConfig overload = new OverloadConfig(
                reader.read("max-direct-memory", Kinds.SHARE_ABOVE_ZERO),
                reader.read("max-heap", Kinds.SHARE_ABOVE_ZERO),
                reader.read("max-loop-stall", Kinds.TIMEOUT_OR_ZERO));
        reader.finish();
        return overload;
    }

    private static RuntimeConfig runtime(ConfigReader reader) {
        RuntimeConfig runtime = new RuntimeConfig(
                reader.read("transport", Kinds.choice(RuntimeConfig.Transport.class)), reader.read("workers", WORKERS));
        reader.finish();
        return runtime;
    }
}
