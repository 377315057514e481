package dev.outrigger.admin;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.json.JsonWriter;
import dev.outrigger.upstream.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code /health/mcp}: whether the MCP servers behind the sidecar can be reached, from what health checks and breakers know
 * already; asking costs the servers nothing. The status port is open to the network, so no address is shown.
 *
 * <p>Unhealthy when more than half of the upstreams are unavailable, degraded when any is.
 */
final class McpHealth {
    private final Supplier<List<Upstream>> upstreams;
    private final CacheOverview caches;

    McpHealth(Supplier<List<Upstream>> upstreams, CacheOverview caches) {
        this.upstreams = upstreams;
        this.caches = caches;
    }

    OpsReply health(OpsRequest request) {
        List<Upstream> all = upstreams.get();
        List<UpstreamHealth> health = new ArrayList<>(all.size());
        int unavailable = 0;
        for (Upstream upstream : all) {
            UpstreamHealth one = UpstreamHealth.of(upstream);
            health.add(one);
            unavailable += one.available() ? 0 : 1;
        }
        boolean unhealthy = isTooMany(unavailable, all);
        String status = unhealthy ? "unhealthy" : unavailable > 0 ? "degraded" : "healthy";
        return OpsReply.json(unhealthy ? 503 : 200, json -> {
            json.beginObject().name("status").value(status);
            json.name("mcp_servers").beginObject();
            for (int i = 0; i < all.size(); i++) {
                write(json.name(all.get(i).name()), health.get(i));
            }
            json.endObject();
            json.name("cache_stats").beginObject();
            json.name("hit_rate").value(Math.round(caches.totals().hitRate() * 1e4) / 1e4);
            json.name("entries").value(caches.entries());
            json.endObject().endObject();
        });
    }

    /** Whether more than half of the upstreams are unavailable. */
    boolean isUnhealthy() {
        List<Upstream> all = upstreams.get();
        return isTooMany(
                (int) all.stream().filter(upstream -> !upstream.isAvailable()).count(), all);
    }

    private static boolean isTooMany(int unavailable, List<Upstream> all) {
        return unavailable * 2 > all.size();
    }

    private static void write(JsonWriter json, UpstreamHealth health) {
        json.beginObject().name("status").value(health.available() ? "connected" : "disconnected");
        if (health.available()) {
            Figures.latency(json, health.latencyNanos());
        } else {
            json.name("error").value(health.error());
        }
        Figures.lastCheck(json, health.checkedAtEpochMillis());
        json.endObject();
    }
}
