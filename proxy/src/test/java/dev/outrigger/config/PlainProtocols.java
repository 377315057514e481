package dev.outrigger.config;

import dev.outrigger.config.model.Http2Config;
import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.config.model.ProxyProtocolConfig;
import dev.outrigger.config.model.TcpConfig;
import dev.outrigger.config.model.UpstreamHttp2Config;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a configuration that says nothing of protocols holds of them. */
public final class PlainProtocols {
    public static final HttpRulesConfig HTTP = new HttpRulesConfig(
            true, false, EscapedSlashes.KEEP, Underscores.DROP, 32, 100, Duration.ofSeconds(20), false, 0);
    public static final Http2Config HTTP2 =
            new Http2Config(100, 64 << 10, 1 << 20, Duration.ofSeconds(30), 200, 200, 60, 20, 2, 16, 1000);
    public static final TcpConfig TCP =
            new TcpConfig(Optional.empty(), Map.of(), Duration.ofSeconds(10), Duration.ofHours(1));
    public static final ProxyProtocolConfig PROXY_PROTOCOL = new ProxyProtocolConfig(List.of());
    public static final UpstreamHttp2Config UPSTREAM_HTTP2 =
            new UpstreamHttp2Config(100, 64 << 10, 1 << 20, Duration.ofSeconds(30), Duration.ofSeconds(10));

    private PlainProtocols() {}
}
