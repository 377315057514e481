package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.RetryConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.UpstreamConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The published configuration files: what loads today, and exactly what stands between the others and loading. */
final class ContractTest {
    private static final String FOLDER = Path.of("src/test/resources/contract").toString() + '/';

    private final ConfigLoader loader = new ConfigLoader(Map.of());

    @Test
    void theReverseProxyLoads() {
        ProxyConfig config = Loads.config(load("reverse.conf"));

        assertEquals(new HostPort("127.0.0.1", 18080), config.listeners().get(0).bind());
        assertEquals(new HostPort("127.0.0.1", 18465), config.status().bind());
        assertEquals(new HostPort("127.0.0.1", 18500), config.admin().bind());
        assertEquals("app", config.routes().get(0).upstream());
    }

    @Test
    void replicasLoad() {
        RouteConfig route = Loads.config(load("replicas.conf")).routes().get(0);

        assertEquals(List.of("standby"), route.alternates());
        assertEquals(Optional.of(0.2), route.retry().map(RetryConfig::budget));
    }

    @Test
    void limitsLoad() {
        RouteConfig route = Loads.config(load("limits.conf")).routes().get(0);

        assertEquals(Optional.of(50L), route.rateLimit().map(limit -> (long) limit.rate()));
        assertEquals(Optional.of(32), route.concurrencyLimit().map(limit -> limit.max()));
        assertEquals(Optional.of(8L << 20), route.cache().map(CacheConfig::maxBytes));
        assertEquals(Optional.of(false), route.tools().get(0).allow());
    }

    @Test
    void interceptionNeedsNeitherUpstreamsNorRoutes() {
        ProxyConfig config = Loads.config(load("transparent.conf"));
        ListenerConfig listener = config.listeners().get(0);

        assertEquals(ListenerConfig.Protocol.AUTO, listener.protocol());
        assertTrue(listener.http().allowConnect());
        assertEquals(
                Optional.of(InterceptionConfig.Direction.INBOUND),
                listener.interception().map(InterceptionConfig::direction));
        assertEquals(
                Optional.of(UpstreamConfig.Protocol.AUTO),
                config.original().map(original -> original.upstream().protocol()));
        assertEquals(List.of(), config.upstreams());
        assertEquals(List.of(), config.routes());
    }

    private LoadResult load(String file) {
        return loader.load(Path.of(FOLDER, file));
    }
}
