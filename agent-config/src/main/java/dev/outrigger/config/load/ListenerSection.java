package dev.outrigger.config.load;

import dev.outrigger.config.model.Http2Config;
import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.ProxyProtocolConfig;
import dev.outrigger.config.model.TcpConfig;
import java.util.Optional;

/** The keys of one listener. */
final class ListenerSection {
    static final String MODE = "mode";
    static final String REVERSE = "reverse";
    static final String TRANSPARENT = "transparent";
    static final String PROTOCOL = "protocol";
    private static final String NORMALIZE_PATH = "normalize-path";
    private static final String UNDERSCORES = "underscores";
    private static final String ALLOW_CONNECT = "allow-connect";

    private static final ValueKind<Integer> CONNECTIONS = Kinds.count(1, 10_000_000);
    private static final ValueKind<Integer> PER_ADDRESS = Kinds.count(0, 10_000_000);
    private static final ValueKind<Long> HEAD_BYTES = Kinds.size(256, 16 << 20);
    private static final ValueKind<Long> BODY_BYTES = Kinds.size(0, 16L << 30);
    private static final ValueKind<Integer> HEADERS = Kinds.count(1, 10_000);
    private static final ValueKind<Integer> PIPELINED = Kinds.count(0, 10_000);
    private static final ValueKind<Long> RATE = Kinds.size(0, 1 << 30);
    private static final ValueKind<Integer> FRAMES = Kinds.count(1, 1_000_000);

    private ListenerSection() {}

    static ListenerConfig read(String name, ConfigReader reader) {
        boolean intercepts =
                reader.read(MODE, Kinds.oneOf(REVERSE, TRANSPARENT)).equals(TRANSPARENT);
        Optional<InterceptionConfig> interception = InterceptionSection.read(name, reader, intercepts);
        ListenerConfig listener = new ListenerConfig(
                name,
                reader.read("bind", Kinds.BIND),
                protocol(reader, intercepts),
                reader.read("request-head-timeout", Kinds.TIMEOUT),
                reader.read("idle-timeout", Kinds.TIMEOUT),
                reader.read("max-connections", CONNECTIONS),
                Math.toIntExact(reader.read("max-request-line", HEAD_BYTES)),
                Math.toIntExact(reader.read("max-header-bytes", HEAD_BYTES)),
                reader.read("max-headers", HEADERS),
                http(reader.section("http"), interception),
                http2(reader.section("http2")),
                TlsSection.server(reader),
                tcp(reader.section("tcp")),
                proxyProtocol(reader.section("proxy-protocol")),
                reader.read("max-connections-per-address", PER_ADDRESS),
                interception);
        reader.finish();
        return listener;
    }

    /** Nobody knows beforehand what is redirected; who says so does. */
    private static ListenerConfig.Protocol protocol(ConfigReader reader, boolean intercepts) {
        ListenerConfig.Protocol protocol = reader.read(PROTOCOL, Kinds.choice(ListenerConfig.Protocol.class));
        return intercepts && reader.isDefault(PROTOCOL) ? ListenerConfig.Protocol.AUTO : protocol;
    }

    /** What was meant for somebody else is none of the proxy's to mend, unless the file says so. */
    private static HttpRulesConfig http(ConfigReader reader, Optional<InterceptionConfig> interception) {
        boolean outbound = interception.map(InterceptionConfig::isOutbound).orElse(false);
        boolean normalizes = reader.read(NORMALIZE_PATH, Kinds.SWITCH);
        boolean allowsConnect = reader.read(ALLOW_CONNECT, Kinds.SWITCH);
        Underscores underscores = reader.read(UNDERSCORES, Kinds.choice(Underscores.class));
        HttpRulesConfig http = new HttpRulesConfig(
                normalizes && !(outbound && reader.isDefault(NORMALIZE_PATH)),
                reader.read("merge-slashes", Kinds.SWITCH),
                reader.read("escaped-slashes", Kinds.choice(HttpRulesConfig.EscapedSlashes.class)),
                outbound && reader.isDefault(UNDERSCORES) ? Underscores.ALLOW : underscores,
                reader.read("max-pipelined", PIPELINED),
                reader.read("min-body-rate", RATE),
                reader.read("slow-grace", Kinds.TIMEOUT),
                allowsConnect || (interception.isPresent() && reader.isDefault(ALLOW_CONNECT)),
                reader.read("max-request-body", BODY_BYTES));
        reader.finish();
        return http;
    }

    private static Http2Config http2(ConfigReader reader) {
        Http2Config http2 = new Http2Config(
                reader.read("max-concurrent-streams", Kinds.STREAMS),
                Math.toIntExact(reader.read("stream-window", Kinds.WINDOW)),
                Math.toIntExact(reader.read("connection-window", Kinds.WINDOW)),
                reader.read("flood-window", Kinds.TIMEOUT),
                reader.read("max-resets", FRAMES),
                reader.read("max-own-resets", FRAMES),
                reader.read("max-pings", FRAMES),
                reader.read("max-settings", FRAMES),
                reader.read("max-empty-frames", FRAMES),
                reader.read("max-continuations", FRAMES),
                reader.read("max-queued-frames", FRAMES));
        reader.finish();
        return http2;
    }

    private static TcpConfig tcp(ConfigReader reader) {
        TcpConfig tcp = new TcpConfig(
                reader.readIfSet("upstream", Kinds.NOT_BLANK),
                reader.readMap("sni", Kinds.SERVER_PATTERN, Kinds.NOT_BLANK),
                reader.read("detect-timeout", Kinds.TIMEOUT),
                reader.read("idle-timeout", Kinds.TIMEOUT));
        reader.finish();
        return tcp;
    }

    private static ProxyProtocolConfig proxyProtocol(ConfigReader reader) {
        ProxyProtocolConfig proxyProtocol = new ProxyProtocolConfig(reader.readAll("trusted", Kinds.ADDRESS_RANGE));
        reader.finish();
        return proxyProtocol;
    }
}
