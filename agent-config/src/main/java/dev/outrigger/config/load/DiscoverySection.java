package dev.outrigger.config.load;

import dev.outrigger.config.model.DnsConfig;
import dev.outrigger.config.model.HostPort;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys of one upstream whose endpoints a name stands for. */
final class DiscoverySection {
    static final String NAME = "dns";
    static final String KEY = "discovery";

    /** RFC 2782. */
    private static final Pattern SERVICE =
            Pattern.compile("_[A-Za-z0-9-]{1,62}\\._(tcp|udp)(\\.[A-Za-z0-9_-]{1,63})+", Pattern.CASE_INSENSITIVE);

    private static final ValueKind<HostPort> TARGET = ValueKind.ofText(
            "a name and a port such as mcp.default.svc:8080, or a service such as _mcp._tcp.example.com",
            new HostPort("", 0),
            DiscoverySection::target);

    /** A name would have to be looked up before it can be asked. */
    private static final ValueKind<HostPort> SERVER = ValueKind.ofText(
            "an IP address and a port such as 10.0.0.53:53", new HostPort("", 0), DiscoverySection::server);

    private DiscoverySection() {}

    static Optional<DnsConfig> read(ConfigReader upstream) {
        Optional<HostPort> target = upstream.readIfSet(NAME, TARGET);
        ConfigReader reader = upstream.section(KEY);
        DnsConfig dns = new DnsConfig(
                target.orElse(TARGET.standIn()),
                reader.read("family", Kinds.choice(DnsConfig.Family.class)),
                reader.readAll("servers", SERVER),
                reader.read("timeout", Kinds.TIMEOUT),
                reader.read("min-ttl", Kinds.TIMEOUT),
                reader.read("max-ttl", Kinds.TIMEOUT),
                reader.read("negative-ttl", Kinds.TIMEOUT));
        reader.finish();
        return target.map(found -> dns);
    }

    static Map<String, Object> render(DnsConfig dns) {
        return Map.of(
                "family", Kinds.word(dns.family()),
                "servers", dns.servers().stream().map(HostPort::toString).toList(),
                "timeout", Durations.format(dns.timeout()),
                "min-ttl", Durations.format(dns.minTtl()),
                "max-ttl", Durations.format(dns.maxTtl()),
                "negative-ttl", Durations.format(dns.negativeTtl()));
    }

    private static @Nullable HostPort server(String text) {
        HostPort address = Addresses.parse(text, 1);
        return address != null && Addresses.parseRange(address.host()) != null ? address : null;
    }

    private static @Nullable HostPort target(String text) {
        if (SERVICE.matcher(text).matches()) {
            return new HostPort(text, 0);
        }
        HostPort address = Addresses.parse(text, 1);
        boolean isName = address != null
                && address.host().chars().anyMatch(Character::isLetter)
                && address.host().indexOf(':') < 0;
        return isName ? address : null;
    }
}
