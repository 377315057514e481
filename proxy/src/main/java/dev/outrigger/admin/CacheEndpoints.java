package dev.outrigger.admin;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.cache.CacheTotals;
import dev.outrigger.cache.ResponseStore;
import dev.outrigger.cache.StoredAnswer.Source;
import dev.outrigger.json.JsonWriter;
import java.util.List;

/** {@code /cache}: what the routes keep of their answers, as figures; and dropping it by hand. No answer is ever shown. */
final class CacheEndpoints {
    private final CacheOverview caches;

    CacheEndpoints(CacheOverview caches) {
        this.caches = caches;
    }

    OpsReply list(OpsRequest request) {
        return OpsReply.json(200, json -> {
            json.beginObject().name("caches").beginArray();
            caches.stores().get().forEach(store -> write(json, store));
            json.endArray().endObject();
        });
    }

    /** Drops all, or what {@code upstream} and {@code tool} name; both if both are given. */
    OpsReply drop(OpsRequest request) {
        List<String> upstreams = request.query("upstream");
        List<String> tools = request.query("tool");
        long dropped = 0;
        for (ResponseStore store : caches.stores().get()) {
            dropped += store.invalidate(answer -> isMeant(answer.source(), upstreams, tools));
        }
        long total = dropped;
        return OpsReply.json(
                200, json -> json.beginObject().name("dropped").value(total).endObject());
    }

    private static boolean isMeant(Source source, List<String> upstreams, List<String> tools) {
        return (upstreams.isEmpty() || upstreams.contains(source.upstream()))
                && (tools.isEmpty() || tools.contains(source.tool()));
    }

    private static void write(JsonWriter json, ResponseStore store) {
        CacheTotals totals = store.counts().totals();
        json.beginObject();
        json.name("route").value(store.route());
        json.name("entries").value(store.entries());
        json.name("bytes").value(store.bytes());
        json.name("max_bytes").value(store.maxBytes());
        json.name("hit_rate").value(totals.hitRate());
        json.name("hits").value(totals.hits());
        json.name("misses").value(totals.misses());
        json.name("coalesced").value(totals.coalesced());
        json.name("stale").value(totals.stale());
        json.name("evictions").value(totals.evictions());
        json.name("invalidations").value(totals.invalidations());
        json.endObject();
    }
}
