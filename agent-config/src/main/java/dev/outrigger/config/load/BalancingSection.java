package dev.outrigger.config.load;

import dev.outrigger.config.model.AffinityConfig;
import dev.outrigger.config.model.BalancingConfig;
import dev.outrigger.config.model.BalancingConfig.LoadBalancer;
import dev.outrigger.config.model.EjectionConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys of one upstream that say which of its endpoints get requests: weights, the choice, checks, ejection. */
final class BalancingSection {
    static final String ENDPOINTS = "endpoints";

    private static final ValueKind<Integer> WEIGHT = Kinds.count(1, 1000);
    private static final ValueKind<Integer> IN_A_ROW = Kinds.count(1, 10_000);
    private static final ValueKind<Integer> IN_A_ROW_OR_NEVER = Kinds.count(0, 10_000);
    private static final ValueKind<String> HEADER_OR_EMPTY =
            ValueKind.ofText("the name of a header, or nothing", "", BalancingSection::headerOrEmpty);
    private static final Pattern STATUS_FORM = Pattern.compile("[1-5](xx|[0-9][0-9])");
    private static final ValueKind<String> STATUS = ValueKind.ofText(
            "a status such as 204, or a class such as 2xx",
            "2xx",
            text -> STATUS_FORM.matcher(text).matches() ? text : null);

    private BalancingSection() {}

    private static @Nullable String headerOrEmpty(String text) {
        return text.isEmpty() || Kinds.accepts(Kinds.TOKEN, text) ? text : null;
    }

    /** The addresses, each with what is said of it alone. */
    static List<EndpointConfig> endpoints(ConfigReader upstream) {
        return upstream.readList(
                ENDPOINTS,
                "address",
                Kinds.ENDPOINT,
                address -> new EndpointConfig(address, 1),
                (address, reader) -> new EndpointConfig(
                        address, reader.readIfSet("weight", WEIGHT).orElse(1)));
    }

    static BalancingConfig read(ConfigReader upstream) {
        return new BalancingConfig(
                upstream.read("load-balancer", Kinds.dashedChoice(LoadBalancer.class)),
                upstream.read("slow-start", Kinds.TIMEOUT_OR_ZERO),
                upstream.read("panic-threshold", Kinds.SHARE),
                affinity(upstream.section("affinity")),
                ejection(upstream.section("ejection")));
    }

    private static AffinityConfig affinity(ConfigReader reader) {
        ConfigReader cookie = reader.section("cookie");
        AffinityConfig affinity = new AffinityConfig(
                reader.read("header", HEADER_OR_EMPTY),
                cookie.read("name", Kinds.TOKEN),
                cookie.read("ttl", Kinds.TIMEOUT_OR_ZERO));
        cookie.finish();
        reader.finish();
        return affinity;
    }

    private static EjectionConfig ejection(ConfigReader reader) {
        EjectionConfig ejection = new EjectionConfig(
                reader.read("consecutive-failures", IN_A_ROW_OR_NEVER),
                reader.read("base-time", Kinds.TIMEOUT),
                reader.read("max-time", Kinds.TIMEOUT),
                reader.read("max-share", Kinds.SHARE),
                reader.read("jitter", Kinds.SHARE));
        reader.finish();
        return ejection;
    }

    static HealthCheckConfig healthCheck(ConfigReader reader) {
        ConfigReader http = reader.section("http");
        ConfigReader mcp = reader.section("mcp");
        HealthCheckConfig check = new HealthCheckConfig(
                reader.read("type", Kinds.choice(HealthCheckConfig.Type.class)),
                reader.read("interval", Kinds.TIMEOUT),
                reader.read("timeout", Kinds.TIMEOUT),
                reader.read("healthy-after", IN_A_ROW),
                reader.read("unhealthy-after", IN_A_ROW),
                reader.read("jitter", Kinds.SHARE),
                http.read("path", Kinds.PATH),
                http.readAll("status", STATUS),
                mcp.read("path", Kinds.PATH));
        http.finish();
        mcp.finish();
        reader.finish();
        return check;
    }
}
