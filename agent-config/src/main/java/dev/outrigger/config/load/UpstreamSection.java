package dev.outrigger.config.load;

import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.OriginalConfig;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.config.model.UpstreamHttp2Config;
import java.util.List;
import java.util.Optional;

/** The keys of one upstream. */
final class UpstreamSection {
    private static final String PROTOCOL = "protocol";
    private static final ValueKind<Integer> CONNECTIONS = Kinds.count(1, 1_000_000);
    private static final ValueKind<Integer> PENDING = Kinds.count(0, 1_000_000);

    private UpstreamSection() {}

    static UpstreamConfig read(String name, ConfigReader reader) {
        return read(name, BalancingSection.endpoints(reader), reader);
    }

    private static UpstreamConfig read(String name, List<EndpointConfig> endpoints, ConfigReader reader) {
        UpstreamConfig upstream = new UpstreamConfig(
                name,
                endpoints,
                reader.read(PROTOCOL, Kinds.choice(UpstreamConfig.Protocol.class)),
                reader.read("session-affinity", Kinds.dashedChoice(UpstreamConfig.SessionAffinity.class)),
                pool(reader.section("pool")),
                BreakerSection.read(reader.section(BreakerSection.KEY)),
                BalancingSection.healthCheck(reader.section("health-check")),
                http2(reader.section("http2")),
                TlsSection.client(reader),
                reader.read("send-proxy-protocol", Kinds.choice(UpstreamConfig.SendProxyProtocol.class)),
                BalancingSection.read(reader),
                DiscoverySection.read(reader),
                LimitsSection.concurrency(reader, reader.defaults(LimitsSection.CONCURRENCY)));
        reader.finish();
        return upstream;
    }

    /**
     * What an upstream has by default. It is at the address that clients have chosen, and spoken to as they do: with TLS, which is
     * theirs, or without, and in their version of HTTP unless somebody says otherwise.
     */
    static UpstreamConfig original(ConfigReader reader) {
        reader.isSet(BalancingSection.ENDPOINTS);
        UpstreamConfig common = read(OriginalConfig.NAME, List.of(), reader);
        return new UpstreamConfig(
                common.name(),
                common.endpoints(),
                reader.isDefault(PROTOCOL) ? UpstreamConfig.Protocol.AUTO : common.protocol(),
                common.sessionAffinity(),
                common.pool(),
                common.breaker(),
                common.healthCheck(),
                common.http2(),
                Optional.empty(),
                common.sendProxyProtocol(),
                common.balancing(),
                Optional.empty(),
                common.concurrencyLimit());
    }

    private static PoolConfig pool(ConfigReader reader) {
        PoolConfig pool = new PoolConfig(
                reader.read("connect-timeout", Kinds.TIMEOUT),
                reader.read("idle-timeout", Kinds.TIMEOUT),
                reader.read("max-lifetime", Kinds.TIMEOUT),
                reader.read("max-connections", CONNECTIONS),
                reader.read("max-pending", PENDING));
        reader.finish();
        return pool;
    }

    private static UpstreamHttp2Config http2(ConfigReader reader) {
        UpstreamHttp2Config http2 = new UpstreamHttp2Config(
                reader.read("max-concurrent-streams", Kinds.STREAMS),
                Math.toIntExact(reader.read("stream-window", Kinds.WINDOW)),
                Math.toIntExact(reader.read("connection-window", Kinds.WINDOW)),
                reader.read("keep-alive-interval", Kinds.TIMEOUT_OR_ZERO),
                reader.read("keep-alive-timeout", Kinds.TIMEOUT));
        reader.finish();
        return http2;
    }
}
