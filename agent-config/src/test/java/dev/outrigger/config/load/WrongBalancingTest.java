package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the choice between endpoints may be told, and what not. */
final class WrongBalancingTest {
    private static final String COMPLETE = """
            outrigger.listeners.inbound.bind = "127.0.0.1:18080"
            outrigger.upstreams.app.endpoints = ["127.0.0.1:18081"]
            outrigger.routes = [{ upstream = app }]
            %s
            """;

    private final ConfigLoader loader = new ConfigLoader(Map.of());

    @ParameterizedTest
    @MethodSource
    void aWrongValueIsNamedWithWhatWasExpected(String added, List<String> messages) {
        assertEquals(messages, Loads.problems(loader.loadString("test.conf", COMPLETE.formatted(added))));
    }

    static Stream<Arguments> aWrongValueIsNamedWithWhatWasExpected() {
        String app = "outrigger.upstreams.app.";
        return Stream.of(
                wrong(
                        app + "endpoints = [{ address = \"a:1\", weight = 0 }, { weight = 2 }]",
                        app + "endpoints[0].weight: 0, expected a whole number from 1 to 1000",
                        app + "endpoints[1].address: missing, expected host:port with a port from 1 to 65535"),
                wrong(
                        app + "endpoints = [{ address = \"a:1\", wieght = 2 }]",
                        app
                                + "endpoints[0].wieght: unknown key, expected one of address, weight, did you mean weight?"),
                wrong(
                        app + "panic-threshold = 101%",
                        app + "panic-threshold: \"101%\", expected a share from 0% to 100% such as 25% or 0.25"),
                wrong(app + "slow-start = 5", app + "slow-start: 5, expected a duration from 0s to 365d such as 30s"),
                wrong(
                        app + "ejection { consecutive-failures = -1, max-share = half }",
                        app + "ejection.consecutive-failures: -1, expected a whole number from 0 to 10000",
                        app + "ejection.max-share: \"half\", expected a share from 0% to 100% such as 25% or 0.25"),
                wrong(
                        app + "health-check { jitter = 2, http { path = health, status = [ok, 2x] } }",
                        app
                                + "health-check.http.path: \"health\", expected a path that starts with a slash, without spaces"
                                + " and #",
                        app
                                + "health-check.http.status[0]: \"ok\", expected a status such as 204, or a class such as 2xx",
                        app
                                + "health-check.http.status[1]: \"2x\", expected a status such as 204, or a class such as 2xx",
                        app + "health-check.jitter: 2, expected a share from 0% to 100% such as 25% or 0.25"),
                wrong(
                        "outrigger.upstreams.b { dns = mcp }",
                        "outrigger.upstreams.b.dns: \"mcp\", expected a name and a port such as mcp.default.svc:8080, or a"
                                + " service such as _mcp._tcp.example.com"),
                wrong(
                        "outrigger.upstreams.b { dns = \"10.0.0.1:80\" }",
                        "outrigger.upstreams.b.dns: \"10.0.0.1:80\", expected a name and a port such as"
                                + " mcp.default.svc:8080, or a service such as _mcp._tcp.example.com"),
                wrong(app + "dns = \"mcp:80\"", app + "dns: \"mcp:80\", expected only one of endpoints, dns, stdio"),
                wrong(
                        "outrigger.upstreams.b { dns = \"mcp:80\", discovery { family = v4, servers = [x, \"ns.test:53\"], min-ttl = 10m } }",
                        "outrigger.upstreams.b.discovery.family: \"v4\", expected auto, ipv4, ipv6 or both",
                        "outrigger.upstreams.b.discovery.min-ttl: \"10m\", expected at most 5m as"
                                + " outrigger.upstreams.b.discovery.max-ttl has it",
                        "outrigger.upstreams.b.discovery.servers[0]: \"x\", expected an IP address and a port such as 10.0.0.53:53",
                        "outrigger.upstreams.b.discovery.servers[1]: \"ns.test:53\", expected an IP address and a port such as"
                                + " 10.0.0.53:53"),
                wrong(
                        app + "affinity { header = \"x y\", cookie { name = \"\", ttl = 1 } }",
                        app + "affinity.cookie.name: \"\", expected a name of letters, digits and !#$%&'*+-.^_`|~",
                        app + "affinity.cookie.ttl: 1, expected a duration from 0s to 365d such as 30s",
                        app + "affinity.header: \"x y\", expected the name of a header, or nothing"));
    }

    private static Arguments wrong(String added, String... messages) {
        return arguments(
                added,
                Stream.of(messages).map(message -> "test.conf:4: " + message).toList());
    }
}
