package dev.outrigger.config.load;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.EjectionConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.RetryConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.ToolConfig;
import dev.outrigger.config.model.UpstreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks what no single value shows: references, clashes, times that contradict each other. Only accepted settings are
 * compared, so a value that was refused already is not complained about again; and a contradiction with a default is
 * reported where the operator wrote their half of it.
 */
final class ConfigValidator {
    /** A socket to be bound; {@code path} is where its address takes effect. */
    private record Socket(String path, HostPort address) {}

    private final String root;
    private final Place rootPlace;
    private final Findings findings;

    ConfigValidator(String root, Place rootPlace, Findings findings) {
        this.root = root;
        this.rootPlace = rootPlace;
        this.findings = findings;
    }

    /** Every map is from the path of a section to what was read there. */
    void validate(
            ProxyConfig config,
            Map<String, ListenerConfig> listeners,
            Map<String, UpstreamConfig> upstreams,
            Map<String, RouteConfig> routes) {
        presence(listeners, upstreams, routes);
        sockets(config, listeners);
        ToComeValidator toCome = new ToComeValidator(findings);
        upstreams.forEach((path, upstream) -> {
            upstream(path, upstream);
            toCome.upstream(path);
        });
        List<String> upstreamNames = upstreamNames(config);
        InterceptionValidator interception = new InterceptionValidator(findings);
        listeners.forEach((path, listener) -> {
            tcp(path, listener, upstreamNames);
            interception.listener(path, listener);
        });
        upstreams.forEach((path, upstream) -> interception.name(path, upstream.name(), config.original()));
        routes.forEach((path, route) -> interception.name(path, route.name(), config.original()));
        DestinationValidator destinations = new DestinationValidator(findings, upstreamNames);
        Map<String, String> names = new HashMap<>();
        Map<String, String> prefixes = new HashMap<>();
        routes.forEach((path, route) -> {
            destinations.route(path, route);
            unique(path + ".name", route.name(), names, "a name");
            unique(path + ".match.path-prefix", route.pathPrefix(), prefixes, "a path prefix");
            atMost(path + ".timeout", route.timeout(), path + ".max-duration", route.maxDuration());
            route.retry().ifPresent(retry -> retry(path, route, retry));
            hedge(path, route);
            for (ToolConfig tool : route.tools()) {
                String toolPath = ValueText.path(path + '.' + ToolsSection.KEY, tool.pattern());
                cache(toolPath, route, tool);
                atMost(toolPath + ".timeout", tool.timeout(), path + ".max-duration", route.maxDuration());
                tool.breaker().ifPresent(breaker -> breaker(toolPath + '.' + BreakerSection.KEY, breaker));
                if (tool.deadLetter() && config.deadLetter().path().isEmpty()) {
                    deadLetter(toolPath);
                }
            }
        });
    }

    private void retry(String path, RouteConfig route, RetryConfig retry) {
        String section = path + '.' + RetrySection.KEY;
        String base = section + ".backoff.base";
        atMost(base, retry.backoffBase(), section + ".backoff.max", retry.backoffMax());
        retry.perTryTimeout().ifPresent(perTry -> {
            String timeout = section + '.' + RetrySection.PER_TRY_TIMEOUT;
            atMost(timeout, perTry, path + ".timeout", route.timeout());
        });
    }

    private void deadLetter(String toolPath) {
        Setting wanted = findings.accepted(toolPath + '.' + ToolsSection.DEAD_LETTER);
        if (wanted != null && findings.accepted(root + ".dead-letter.path") != null) {
            findings.refuse(wanted, "false, or a file as " + root + ".dead-letter.path");
        }
    }

    /** What may be sent twice, and how often, is said by the retries. */
    private void hedge(String path, RouteConfig route) {
        Setting after = findings.accepted(path + '.' + HedgeSection.KEY + '.' + HedgeSection.AFTER);
        if (route.hedge().isPresent() && route.retry().isEmpty() && after != null) {
            Place place = after.isDefault() ? rootPlace : after.place();
            findings.problem(place, path + '.' + RetrySection.KEY, "missing", "an object beside hedge");
        }
    }

    private void presence(
            Map<String, ListenerConfig> listeners,
            Map<String, UpstreamConfig> upstreams,
            Map<String, RouteConfig> routes) {
        present("listeners", listeners, "at least one listener such as listeners.inbound.bind = \"0.0.0.0:15006\"");
        boolean isReverse = listeners.isEmpty()
                || listeners.entrySet().stream()
                        .anyMatch(entry -> findings.accepted(entry.getKey() + '.' + ListenerSection.MODE) != null
                                && entry.getValue().interception().isEmpty());
        if (isReverse) {
            present(
                    "upstreams",
                    upstreams,
                    "at least one upstream such as upstreams.app.endpoints = [\"127.0.0.1:8080\"]");
            boolean isHttp = listeners.values().stream()
                    .anyMatch(listener ->
                            listener.interception().isEmpty() && listener.protocol() != ListenerConfig.Protocol.TCP);
            if (isHttp || listeners.isEmpty()) {
                present("routes", routes, "at least one route such as routes = [{ upstream = app }]");
            }
        }
    }

    private void present(String key, Map<String, ?> sections, String expected) {
        Setting setting = findings.accepted(root + '.' + key);
        if (setting != null && sections.isEmpty()) {
            Place place = setting.isDefault() ? rootPlace : setting.place();
            findings.problem(place, root + '.' + key, "none", expected);
        }
    }

    private void sockets(ProxyConfig config, Map<String, ListenerConfig> listeners) {
        List<Socket> sockets = new ArrayList<>();
        listeners.forEach((path, listener) -> sockets.add(new Socket(path + ".bind", listener.bind())));
        sockets.add(new Socket(root + ".status.bind", config.status().bind()));
        sockets.add(new Socket(root + ".admin.bind", config.admin().bind()));
        for (int i = 0; i < sockets.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (Addresses.overlap(sockets.get(i).address(), sockets.get(j).address())) {
                    clash(sockets.get(i), sockets.get(j));
                }
            }
        }
    }

    private void clash(Socket later, Socket earlier) {
        Setting laterSetting = findings.accepted(later.path());
        Setting earlierSetting = findings.accepted(earlier.path());
        if (laterSetting == null || earlierSetting == null) {
            return;
        }
        Setting blamed = laterSetting.isDefault() ? earlierSetting : laterSetting;
        Socket other = laterSetting.isDefault() ? later : earlier;
        findings.refuse(blamed, "an address of its own (" + other.path() + " binds " + other.address() + ')');
    }

    /** A tool's own time to live needs something to live in. */
    private void cache(String path, RouteConfig route, ToolConfig tool) {
        Setting ttl = findings.accepted(path + '.' + CacheSection.KEY + '.' + CacheSection.TTL);
        if (ttl != null && route.cache().isEmpty() && tool.cacheTtl().isPresent()) {
            findings.refuse(ttl, "none, or a cache of the route");
        }
    }

    /** Where bytes that are not HTTP go. */
    private void tcp(String path, ListenerConfig listener, List<String> upstreams) {
        String section = path + ".tcp";
        Setting protocol = findings.accepted(path + ".protocol");
        Optional<String> target = listener.tcp().upstream();
        Map<String, String> sni = listener.tcp().sni();
        if (listener.protocol() == ListenerConfig.Protocol.TCP
                && protocol != null
                && listener.interception().isEmpty()
                && target.isEmpty()
                && sni.isEmpty()) {
            findings.problem(protocol.place(), section + ".upstream", "missing", "an upstream, as the protocol is tcp");
        }
        target.ifPresent(name -> upstream(section + ".upstream", name, upstreams));
        sni.forEach((server, name) -> upstream(ValueText.path(section + ".sni", server), name, upstreams));
        boolean isHttp = listener.protocol() == ListenerConfig.Protocol.HTTP;
        Setting unused = findings.accepted(section + ".upstream");
        if (isHttp && protocol != null && unused != null && !unused.isDefault()) {
            findings.refuse(unused, "none, or a protocol other than http");
        }
        if (listener.tls().isPresent()) {
            sni.keySet().forEach(server -> unneeded(ValueText.path(section + ".sni", server)));
        }
    }

    /** TLS that ends here is not passed on by name. */
    private void unneeded(String path) {
        Setting setting = findings.accepted(path);
        if (setting != null) {
            findings.refuse(setting, "none, or no tls: a connection whose TLS ends here is not passed on by name");
        }
    }

    private void upstream(String path, UpstreamConfig upstream) {
        Setting sent = findings.accepted(path + ".send-proxy-protocol");
        if (sent != null
                && upstream.sendProxyProtocol() != UpstreamConfig.SendProxyProtocol.OFF
                && upstream.protocol() != UpstreamConfig.Protocol.HTTP1) {
            findings.refuse(
                    sent, "off, or http1 as the protocol: it is told once per connection, which has one client then");
        }
        breaker(path + '.' + BreakerSection.KEY, upstream.breaker());
        Map<String, String> addresses = new HashMap<>();
        for (int i = 0; i < upstream.endpoints().size(); i++) {
            String address = upstream.endpoints().get(i).address().toString();
            unique(path + ".endpoints[" + i + ']', address, addresses, "an address");
        }
        Duration interval = upstream.healthCheck().interval();
        Duration timeout = upstream.healthCheck().timeout();
        atMost(path + ".health-check.timeout", timeout, path + ".health-check.interval", interval);
        upstream.dns()
                .ifPresent(dns ->
                        atMost(path + ".discovery.min-ttl", dns.minTtl(), path + ".discovery.max-ttl", dns.maxTtl()));
        EjectionConfig ejection = upstream.balancing().ejection();
        atMost(path + ".ejection.base-time", ejection.baseTime(), path + ".ejection.max-time", ejection.maxTime());
        Setting affinity = findings.accepted(path + ".session-affinity");
        if (affinity != null
                && upstream.sessionAffinity() == UpstreamConfig.SessionAffinity.HEADER
                && upstream.balancing().affinity().header().isEmpty()) {
            findings.problem(
                    affinity.place(), path + ".affinity.header", "missing", "a header, as session-affinity is header");
        }
    }

    /** Who leaves the cap at its default means no less than the first open time. */
    private void breaker(String path, BreakerConfig breaker) {
        Setting max = findings.accepted(path + ".backoff.max");
        boolean isShort = breaker.backoff().max().compareTo(breaker.openFor()) < 0;
        if (max != null && !max.isDefault() && findings.accepted(path + ".open-for") != null && isShort) {
            findings.refuse(
                    max, "at least " + Durations.format(breaker.openFor()) + " as " + path + ".open-for has it");
        }
    }

    /** Empty if they are not known, because something about them was refused. */
    private List<String> upstreamNames(ProxyConfig config) {
        boolean areKnown = findings.accepted(root + ".upstreams") != null;
        return areKnown ? config.upstreams().stream().map(UpstreamConfig::name).toList() : List.of();
    }

    private void upstream(String path, String name, List<String> names) {
        Setting setting = findings.accepted(path);
        if (setting != null && !names.isEmpty() && !names.contains(name)) {
            findings.refuse(setting, "an upstream: " + String.join(", ", names), Nearest.to(name, names));
        }
    }

    private void unique(String path, String value, Map<String, String> pathsByValue, String what) {
        Setting setting = findings.accepted(path);
        if (setting == null) {
            return;
        }
        String earlier = pathsByValue.putIfAbsent(value, path);
        if (earlier == null) {
            return;
        }
        String expected = what + " of its own (" + earlier + " has it)";
        String section = path.substring(0, path.lastIndexOf(']') + 1);
        Setting owner = findings.accepted(section);
        if (setting.isDefault() && owner != null) {
            String inherited = ValueText.printed(setting.value()) + " by default";
            findings.problem(owner.place(), owner.path(), inherited, expected);
        } else {
            findings.refuse(setting, expected);
        }
    }

    private void atMost(String path, Duration duration, String limitPath, Duration limit) {
        Setting setting = findings.accepted(path);
        Setting limitSetting = findings.accepted(limitPath);
        if (setting == null || limitSetting == null || duration.compareTo(limit) <= 0) {
            return;
        }
        if (setting.isDefault()) {
            findings.refuse(limitSetting, "at least " + Durations.format(duration) + " as " + path + " has it");
        } else {
            findings.refuse(setting, "at most " + Durations.format(limit) + " as " + limitPath + " has it");
        }
    }
}
