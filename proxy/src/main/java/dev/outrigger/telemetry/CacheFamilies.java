package dev.outrigger.telemetry;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.cache.CacheTotals;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import java.util.function.Consumer;

/** The families about answers that are kept. One scrape each. */
final class CacheFamilies {
    private final CounterFamily hits =
            new CounterFamily("mcp_cache_hits", "Requests answered from the cache, coalesced ones included.");
    private final CounterFamily misses = new CounterFamily(
            "mcp_cache_misses", "Requests that the cache could have answered, for which the upstream was asked.");
    private final GaugeFamily entries = new GaugeFamily("mcp_cache_entries", "Answers in the cache.", null);
    private final GaugeFamily bytes = new GaugeFamily("mcp_cache_bytes", "Memory that they take.", Unit.BYTES);
    private final CounterFamily coalesced = new CounterFamily(
            "outrigger_cache_coalesced", "Hits answered with the answer to an equal request at the same time.");
    private final CounterFamily stale = new CounterFamily(
            "outrigger_cache_stale",
            "Misses answered with an answer over its time, as the upstream could not be asked.");
    private final CounterFamily evictions =
            new CounterFamily("outrigger_cache_evictions", "Answers that had to make room for others.");
    private final CounterFamily invalidations = new CounterFamily(
            "outrigger_cache_invalidations", "Answers dropped before their time, by the server's word or by hand.");

    void add(CacheOverview caches) {
        CacheTotals totals = caches.totals();
        hits.add(totals.hits());
        misses.add(totals.misses());
        coalesced.add(totals.coalesced());
        stale.add(totals.stale());
        evictions.add(totals.evictions());
        invalidations.add(totals.invalidations());
        entries.set(caches.entries());
        bytes.set(caches.bytes());
    }

    void emit(Consumer<MetricSnapshot> sink) {
        List.of(hits, misses, coalesced, stale, evictions, invalidations)
                .forEach(family -> sink.accept(family.snapshot()));
        List.of(entries, bytes).forEach(family -> sink.accept(family.snapshot()));
    }
}
