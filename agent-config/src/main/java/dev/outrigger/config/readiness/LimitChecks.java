package dev.outrigger.config.readiness;

import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.UpstreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What keeps one client, one flood or one large message from taking everything. */
final class LimitChecks {
    /** More is no limit for one pod: the ports and files of a process end before. */
    private static final int MANY_CONNECTIONS = 50_000;
    /** Several times what browsers, gateways and their cookies send. */
    private static final int LARGE_HEAD_BYTES = 256 << 10;

    private static final int MANY_HEADERS = 1000;
    private static final Duration SLOW_HEAD = Duration.ofSeconds(60);
    /** More waiting calls than this are not served within any timeout. */
    private static final int MANY_UPSTREAM = 10_000;
    /** So many messages of the largest size should fit at once. */
    private static final int MESSAGES_AT_ONCE = 16;
    /** A rough figure: the launcher lets code have up to 48 MiB, the rest is for classes, stacks and malloc. */
    private static final long OTHER_MEMORY_BYTES = 80L << 20;
    /** Above this share of the limit the kernel's page cache and a little more kill. */
    private static final double TIGHT_SHARE = 0.9;

    private final ProxyConfig config;
    private final Surroundings surroundings;

    LimitChecks(ProxyConfig config, Surroundings surroundings) {
        this.config = config;
        this.surroundings = surroundings;
    }

    List<ReadinessItem> items() {
        return List.of(listeners(), messages(), upstreams(), rate(), memory());
    }

    private ReadinessItem listeners() {
        List<String> findings = new ArrayList<>();
        config.listeners().forEach(listener -> judge(listener, findings));
        if (findings.isEmpty()) {
            return ReadinessItem.pass(
                    "listener-limits", "listeners' limits", "connections, header sizes and slow heads are bounded");
        }
        return ReadinessItem.warn(
                "listener-limits", "listeners' limits", String.join(", ", findings), "come nearer to the defaults");
    }

    private static void judge(ListenerConfig listener, List<String> findings) {
        if (listener.maxConnections() > MANY_CONNECTIONS) {
            findings.add(listener.name() + " has max-connections = " + listener.maxConnections());
        }
        if (listener.maxHeaderBytes() > LARGE_HEAD_BYTES) {
            findings.add(listener.name() + " has max-header-bytes = " + listener.maxHeaderBytes());
        }
        if (listener.maxHeaders() > MANY_HEADERS) {
            findings.add(listener.name() + " has max-headers = " + listener.maxHeaders());
        }
        if (listener.requestHeadTimeout().compareTo(SLOW_HEAD) > 0) {
            findings.add(
                    listener.name() + " has request-head-timeout = " + Amounts.text(listener.requestHeadTimeout()));
        }
    }

    private ReadinessItem messages() {
        long scanBytes = config.mcp().scanLimitBytes();
        String finding = "up to " + Amounts.mebibytes(scanBytes) + " of each is held in memory";
        if (scanBytes * MESSAGES_AT_ONCE > surroundings.maxDirectBytes()) {
            return ReadinessItem.warn(
                    "message-limits",
                    "messages",
                    finding + ", so that fewer than " + MESSAGES_AT_ONCE + " large ones fill the "
                            + Amounts.mebibytes(surroundings.maxDirectBytes()) + " of direct memory",
                    "lower mcp.scan-limit or allow more direct memory");
        }
        return ReadinessItem.pass("message-limits", "messages", finding);
    }

    private ReadinessItem upstreams() {
        List<String> findings = new ArrayList<>();
        for (UpstreamConfig upstream : config.upstreams()) {
            PoolConfig pool = upstream.pool();
            if (pool.maxConnections() > MANY_UPSTREAM) {
                findings.add(upstream.name() + " has pool.max-connections = " + pool.maxConnections());
            }
            if (pool.maxPending() > MANY_UPSTREAM) {
                findings.add(upstream.name() + " has pool.max-pending = " + pool.maxPending());
            }
        }
        if (findings.isEmpty()) {
            return ReadinessItem.pass(
                    "upstream-limits", "upstreams' limits", "connections and waiting calls are bounded");
        }
        return ReadinessItem.warn(
                "upstream-limits",
                "upstreams' limits",
                String.join(", ", findings),
                "set what the server bears; what is more should be refused early");
    }

    private ReadinessItem rate() {
        List<String> without = config.routes().stream()
                .filter(route ->
                        route.rateLimit().filter(limit -> !limit.shadow()).isEmpty())
                .map(RouteConfig::name)
                .toList();
        if (without.isEmpty()) {
            return ReadinessItem.pass("rate-limit", "rate limit", "every route has one");
        }
        return ReadinessItem.warn(
                "rate-limit",
                "rate limit",
                "one client can use up what all of them share: " + String.join(", ", without),
                "set rate-limit for them, or limit rates in the ingress or the gateway");
    }

    private ReadinessItem memory() {
        long neededBytes = surroundings.maxHeapBytes() + surroundings.maxDirectBytes() + OTHER_MEMORY_BYTES;
        String needed = "heap " + Amounts.mebibytes(surroundings.maxHeapBytes()) + " + buffers "
                + Amounts.mebibytes(surroundings.maxDirectBytes()) + " + about " + Amounts.mebibytes(OTHER_MEMORY_BYTES)
                + " for code, classes and threads";
        if (surroundings.memoryLimitBytes().isEmpty()) {
            return ReadinessItem.warn(
                    "memory",
                    "memory",
                    "no limit here; " + needed,
                    "give the container a limit of " + Amounts.mebibytes(neededBytes) + " or more");
        }
        long limitBytes = surroundings.memoryLimitBytes().getAsLong();
        String finding = needed + " in a limit of " + Amounts.mebibytes(limitBytes);
        String advice = "raise the limit to " + Amounts.mebibytes(neededBytes) + " or lower OUTRIGGER_HEAP";
        if (neededBytes > limitBytes) {
            return ReadinessItem.fail("memory", "memory", finding + ": it will be killed under load", advice);
        }
        if (neededBytes > limitBytes * TIGHT_SHARE) {
            return ReadinessItem.warn("memory", "memory", finding + " leaves less than a tenth", advice);
        }
        return ReadinessItem.pass("memory", "memory", finding);
    }
}
