package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.outrigger.config.load.LoadResult.Refused;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of mistake and the exact line that an operator sees. */
final class WrongConfigTest {
    /** Complete in itself; what is added stands from line 4 on. */
    private static final String COMPLETE = """
            outrigger.listeners.inbound.bind = "127.0.0.1:18080"
            outrigger.upstreams.app.endpoints = ["127.0.0.1:18081"]
            outrigger.routes = [{ upstream = app }]
            %s
            """;

    private static final String DURATION = "expected a duration from 1ms to 365d such as 30s";
    private static final String LISTENER_KEYS =
            "expected one of bind, direction, http, http2, idle-timeout, inbound-source, max-connections,"
                    + " max-connections-per-address, max-header-bytes, max-headers, max-request-line, mode, opaque-ports,"
                    + " protocol, proxy-protocol, request-head-timeout, tcp, tls, tproxy";
    private static final String UPSTREAM_KEYS =
            "expected one of affinity, breaker, concurrency-limit, discovery, dns, ejection, endpoints, health-check, http2,"
                    + " load-balancer, panic-threshold, pool, protocol, send-proxy-protocol, session-affinity, slow-start, tls";
    private static final String ROUTE_KEYS =
            "expected one of alternates, cache, concurrency-limit, fallback, hedge, hide-denied, idle-timeout, match,"
                    + " max-duration, name, rate-limit, retry, shift, timeout, tools, upgrades, upstream, weighted";

    private final ConfigLoader loader =
            new ConfigLoader(Map.of("ADDRESS", "nowhere", "PORT", "eighty", "LEVEL", "loud"));

    @ParameterizedTest
    @MethodSource({"types", "units", "addresses", "ranges", "choices", "lifeCycle"})
    void aWrongValueIsNamedWithWhatWasExpected(String added, List<String> messages) {
        assertEquals(messages, problems(COMPLETE.formatted(added)));
    }

    static Stream<Arguments> types() {
        return Stream.of(
                wrong(
                        "outrigger.service-name = []",
                        "outrigger.service-name: an empty list, expected a text that is not empty"),
                wrong(
                        "outrigger.service-name = \" \"",
                        "outrigger.service-name: \" \", expected a text that is not empty"),
                wrong("outrigger.mcp = 3", "outrigger.mcp: 3, expected an object"),
                wrong("outrigger.telemetry.tracing = on", "outrigger.telemetry.tracing: \"on\", expected an object"),
                wrong("outrigger.upstreams.app.pool = [1]", "outrigger.upstreams.app.pool: a list, expected an object"),
                wrong("outrigger.upstreams.b = true", "outrigger.upstreams.b: true, expected an object"),
                wrong("outrigger.listeners = 5", "outrigger.listeners: 5, expected an object with one entry per name"),
                wrong(
                        "outrigger.upstreams = []",
                        "outrigger.upstreams: an empty list, expected an object with one entry per name"),
                wrong("outrigger.routes = {}", "outrigger.routes: an object, expected a list of objects"),
                wrong("outrigger.routes += \"/mcp\"", "outrigger.routes[1]: \"/mcp\", expected an object"),
                wrong("outrigger.defaults = 1", "outrigger.defaults: 1, expected an object"),
                wrong(
                        "outrigger.defaults.upstream.breaker = 1",
                        "outrigger.defaults.upstream.breaker: 1, expected an object"),
                wrong(
                        "outrigger.telemetry.tracing.enabled = maybe",
                        "outrigger.telemetry.tracing.enabled: \"maybe\", expected true or false"),
                wrong(
                        "outrigger.admin.token-file = { path = \"/x\" }",
                        "outrigger.admin.token-file: an object, expected the path of a file, or nothing"),
                wrong(
                        "outrigger.admin.token-file = \"a\\u0000b\"",
                        "outrigger.admin.token-file: \"a\\u0000b\", expected the path of a file, or nothing"),
                wrong(
                        "outrigger.runtime.workers = many",
                        "outrigger.runtime.workers: \"many\", expected a whole number from 0 to 1024"),
                wrong(
                        "outrigger.runtime.workers = 1.5",
                        "outrigger.runtime.workers: 1.5, expected a whole number from 0 to 1024"));
    }

    static Stream<Arguments> units() {
        return Stream.of(
                wrong(
                        "outrigger.telemetry.prometheus.quantile-window = 10",
                        "outrigger.telemetry.prometheus.quantile-window: 10, " + DURATION),
                wrong(
                        "outrigger.upstreams.app.breaker.open-for = 30 sec",
                        "outrigger.upstreams.app.breaker.open-for: \"30 sec\", " + DURATION),
                wrong(
                        "outrigger.upstreams.app.breaker.open-for = \"-1s\"",
                        "outrigger.upstreams.app.breaker.open-for: \"-1s\", " + DURATION),
                wrong(
                        "outrigger.lifecycle.drain-timeout = 366d",
                        "outrigger.lifecycle.drain-timeout: \"366d\", expected a duration from 0s to 365d such as 30s"),
                wrong(
                        "outrigger.mcp.scan-limit = 1M",
                        "outrigger.mcp.scan-limit: \"1M\", expected a size from 1KiB to 64MiB such as 8KiB"),
                wrong(
                        "outrigger.mcp.scan-limit = 2TiB",
                        "outrigger.mcp.scan-limit: \"2TiB\", expected a size from 1KiB to 64MiB such as 8KiB"),
                wrong(
                        "outrigger.telemetry.tracing.sample = 101%",
                        "outrigger.telemetry.tracing.sample: \"101%\", expected a share from 0% to 100% such as 25% or 0.25"),
                wrong(
                        "outrigger.telemetry.tracing.sample = 50",
                        "outrigger.telemetry.tracing.sample: 50, expected a share from 0% to 100% such as 25% or 0.25"));
    }

    static Stream<Arguments> lifeCycle() {
        String file = "expected the path of a file, or nothing";
        return Stream.of(
                wrong(
                        "outrigger.lifecycle.warm-up = 1s",
                        "outrigger.lifecycle.warm-up: \"1s\", expected true or false"),
                wrong(
                        "outrigger.lifecycle.warm-up-limit = 0s",
                        "outrigger.lifecycle.warm-up-limit: \"0s\", " + DURATION),
                wrong("outrigger.lifecycle.hand-over = 2", "outrigger.lifecycle.hand-over: 2, expected true or false"),
                wrong(
                        "outrigger.lifecycle.handover = true",
                        "outrigger.lifecycle.handover: unknown key, expected one of drain-timeout, hand-over, warm-up,"
                                + " warm-up-limit, did you mean hand-over?"),
                wrong(
                        "outrigger.telemetry.prometheus.enabled = some",
                        "outrigger.telemetry.prometheus.enabled: \"some\", expected true or false"),
                wrong(
                        "outrigger.telemetry.prometheus.token-file = [a]",
                        "outrigger.telemetry.prometheus.token-file: a list, " + file),
                wrong(
                        "outrigger.telemetry.tracing.headers-file = {}",
                        "outrigger.telemetry.tracing.headers-file: an object, " + file),
                wrong(
                        "outrigger.telemetry.tracing.header-file = x",
                        "outrigger.telemetry.tracing.header-file: unknown key, expected one of enabled, headers,"
                                + " headers-file, otlp-endpoint, protocol, sample, did you mean headers-file?"),
                wrong(
                        "outrigger.telemetry.tracing.headers { authorization = x }",
                        "outrigger.telemetry.tracing.headers: a secret, expected in a file named by headers-file or in the"
                                + " environment variable OTEL_EXPORTER_OTLP_HEADERS"));
    }

    static Stream<Arguments> addresses() {
        String endpoint = "expected host:port with a port from 1 to 65535";
        String url = "expected an http or https URL without user, query and fragment, or nothing";
        return Stream.of(
                wrong(
                        "outrigger.status.bind = 9465",
                        "outrigger.status.bind: 9465, expected host:port with a port from 0 to 65535"),
                wrong(
                        "outrigger.admin.bind = \"127.0.0.1:65536\"",
                        "outrigger.admin.bind: \"127.0.0.1:65536\", expected host:port with a port from 0 to 65535"),
                wrong(
                        "outrigger.admin.bind = \"::1:15000\"",
                        "outrigger.admin.bind: \"::1:15000\", expected host:port with a port from 0 to 65535"),
                wrong(
                        "outrigger.upstreams.app.endpoints = [\"127.0.0.1:0\"]",
                        "outrigger.upstreams.app.endpoints[0]: \"127.0.0.1:0\", " + endpoint),
                wrong(
                        "outrigger.upstreams.app.endpoints = [\"a:1\", { address = \"256.0.0.1:80\" }, \"b\"]",
                        "outrigger.upstreams.app.endpoints[1].address: \"256.0.0.1:80\", " + endpoint,
                        "outrigger.upstreams.app.endpoints[2]: \"b\", " + endpoint),
                wrong(
                        "outrigger.upstreams.app.endpoints = \"127.0.0.1:80\"",
                        "outrigger.upstreams.app.endpoints: \"127.0.0.1:80\", expected a list of at least one host:port with a"
                                + " port from 1 to 65535"),
                wrong(
                        "outrigger.upstreams.app.endpoints = []",
                        "outrigger.upstreams.app.endpoints: an empty list, expected a list of at least one host:port with a"
                                + " port from 1 to 65535"),
                wrong(
                        "outrigger.telemetry.tracing.otlp-endpoint = \"collector:4317\"",
                        "outrigger.telemetry.tracing.otlp-endpoint: \"collector:4317\", " + url),
                wrong(
                        "outrigger.telemetry.tracing.otlp-endpoint = \"http://me:secret@collector:4317/?key=secret\"",
                        "outrigger.telemetry.tracing.otlp-endpoint: \"http://***@collector:4317/?***\", " + url));
    }

    static Stream<Arguments> ranges() {
        return Stream.of(
                wrong(
                        "outrigger.listeners.inbound.max-connections = 0",
                        "outrigger.listeners.inbound.max-connections: 0, expected a whole number from 1 to 10000000"),
                wrong(
                        "outrigger.listeners.inbound.max-headers = -1",
                        "outrigger.listeners.inbound.max-headers: -1, expected a whole number from 1 to 10000"),
                wrong(
                        "outrigger.listeners.inbound.max-header-bytes = 32B",
                        "outrigger.listeners.inbound.max-header-bytes: \"32B\", expected a size from 256B to 16MiB such as 8KiB"),
                wrong(
                        "outrigger.listeners.inbound.idle-timeout = 0s",
                        "outrigger.listeners.inbound.idle-timeout: \"0s\", " + DURATION),
                wrong(
                        "outrigger.upstreams.app.pool.idle-timeout = 0",
                        "outrigger.upstreams.app.pool.idle-timeout: 0, " + DURATION),
                wrong(
                        "outrigger.upstreams.app.pool.max-pending = -1",
                        "outrigger.upstreams.app.pool.max-pending: -1, expected a whole number from 0 to 1000000"),
                wrong(
                        "outrigger.upstreams.app.breaker.consecutive-failures = 0",
                        "outrigger.upstreams.app.breaker.consecutive-failures: 0, expected a whole number from 1 to 10000"),
                wrong(
                        "outrigger.upstreams.app.breaker.half-open-calls = 99999999999",
                        "outrigger.upstreams.app.breaker.half-open-calls: 99999999999, expected a whole number from 1 to 10000"),
                wrong(
                        "outrigger.mcp.max-tool-labels = 100001",
                        "outrigger.mcp.max-tool-labels: 100001, expected a whole number from 0 to 100000"),
                wrong(
                        "outrigger.mcp.sessions.max = 0",
                        "outrigger.mcp.sessions.max: 0, expected a whole number from 1 to 10000000"),
                wrong(
                        "outrigger.mcp.sessions.idle-timeout = 0s",
                        "outrigger.mcp.sessions.idle-timeout: \"0s\", " + DURATION),
                wrong(
                        "outrigger.routes = [{ upstream = app, match.path-prefix = mcp }]",
                        "outrigger.routes[0].match.path-prefix: \"mcp\", expected a path that starts with a slash, without"
                                + " spaces, ? and #"),
                wrong(
                        "outrigger.routes = [{ upstream = app, name = \"a b\" }]",
                        "outrigger.routes[0].name: \"a b\", expected a name of 1 to 63 letters, digits, underscores, dots and"
                                + " dashes"),
                wrong(
                        "outrigger.upstreams.\"a/b\".endpoints = [\"x:1\"]",
                        "outrigger.upstreams.\"a/b\": \"a/b\", expected a name of 1 to 63 letters, digits, underscores, dots and"
                                + " dashes"));
    }

    static Stream<Arguments> choices() {
        return Stream.of(
                wrong(
                        "outrigger.runtime.transport = EPOLL",
                        "outrigger.runtime.transport: \"EPOLL\", expected auto, io_uring, epoll or nio, did you mean epoll?"),
                wrong(
                        "outrigger.telemetry.log-level = verbose",
                        "outrigger.telemetry.log-level: \"verbose\", expected error, warn, info or debug"),
                wrong(
                        "outrigger.telemetry.tracing.protocol = gprc",
                        "outrigger.telemetry.tracing.protocol: \"gprc\", expected grpc or http, did you mean grpc?"),
                wrong(
                        "outrigger.upstreams.app.health-check.type = ping",
                        "outrigger.upstreams.app.health-check.type: \"ping\", expected tcp, http, mcp or none"),
                wrong(
                        "outrigger.upstreams.app.load-balancer = roundrobin",
                        "outrigger.upstreams.app.load-balancer: \"roundrobin\", expected round-robin, least-request, peak-ewma"
                                + " or random, did you mean round-robin?"),
                wrong(
                        "outrigger.upstreams.app.session-affinity = source-ip",
                        "outrigger.upstreams.app.session-affinity: \"source-ip\", expected mcp-session, header, cookie,"
                                + " client-ip or none"),
                wrong(
                        "outrigger.upstreams.app.session-affinity = mcp_session",
                        "outrigger.upstreams.app.session-affinity: \"mcp_session\", expected mcp-session, header, cookie,"
                                + " client-ip or none, did you mean mcp-session?"),
                wrong(
                        "outrigger.mcp.refusal = jsonrpc",
                        "outrigger.mcp.refusal: \"jsonrpc\", expected json-rpc or http, did you mean json-rpc?"),
                wrong(
                        "outrigger.defaults.listener.mode = intercept",
                        "outrigger.defaults.listener.mode: \"intercept\", expected reverse or transparent"));
    }

    @ParameterizedTest
    @MethodSource
    void aKeyThatIsNotKnownIsAnErrorWithTheNearestOne(String added, List<String> messages) {
        assertEquals(messages, problems(COMPLETE.formatted(added)));
    }

    static Stream<Arguments> aKeyThatIsNotKnownIsAnErrorWithTheNearestOne() {
        return Stream.of(
                wrong("outriger {}", "outriger: unknown key, expected outrigger, did you mean outrigger?"),
                wrong("akka {}", "akka: unknown key, expected outrigger"),
                wrong(
                        "outrigger.listeners.inbound.bnid = x",
                        "outrigger.listeners.inbound.bnid: unknown key, " + LISTENER_KEYS + ", did you mean bind?"),
                wrong(
                        "outrigger.listeners.inbound.pool {}",
                        "outrigger.listeners.inbound.pool: unknown key, " + LISTENER_KEYS),
                wrong(
                        "outrigger.upstreams.app.connect-timeout = 1s",
                        "outrigger.upstreams.app.connect-timeout: unknown key, " + UPSTREAM_KEYS
                                + ", did you mean pool.connect-timeout?"),
                wrong(
                        "outrigger.defaults.upstream.breakr.open-for = 1s",
                        "outrigger.defaults.upstream.breakr: unknown key, " + UPSTREAM_KEYS
                                + ", did you mean breaker?"),
                wrong(
                        "outrigger.defaults.upstreams {}",
                        "outrigger.defaults.upstreams: unknown key, expected one of listener, route, upstream, did you mean"
                                + " upstream?"),
                wrong(
                        "outrigger.routes = [{ upstream = app, path-prefix = \"/mcp\" }]",
                        "outrigger.routes[0].path-prefix: unknown key, " + ROUTE_KEYS
                                + ", did you mean match.path-prefix?"),
                wrong(
                        "outrigger.upstreams.app.endpoints = [{ adress = \"a:1\" }]",
                        "outrigger.upstreams.app.endpoints[0].address: missing, expected host:port with a port from 1 to 65535",
                        "outrigger.upstreams.app.endpoints[0].adress: unknown key, expected one of address, weight, did"
                                + " you mean address?"),
                wrong(
                        "outrigger.admin.password = secret",
                        "outrigger.admin.password: unknown key, expected one of bind, token, token-file"),
                wrong(
                        "outrigger.\"max time\" = 1",
                        "outrigger.\"max time\": unknown key, expected one of admin, dead-letter, defaults, lifecycle, listeners, mcp, original, overload, routes,"
                                + " runtime, service-name, status, telemetry, upstreams"));
    }

    @ParameterizedTest
    @MethodSource
    void aKeyOfAFeatureToComeIsRefusedByName(String added, List<String> messages) {
        assertEquals(messages, problems(COMPLETE.formatted(added)));
    }

    static Stream<Arguments> aKeyOfAFeatureToComeIsRefusedByName() {
        return Stream.of(
                notYet("outrigger.security {}", "outrigger.security"),
                notYet("outrigger.upstreams.b { stdio { command = [server, \"-v\"] } }", "outrigger.upstreams.b.stdio"),
                notYet(
                        "outrigger.routes += { upstream = app, match.tool = \"slow_*\" }",
                        "outrigger.routes[1].match.tool"),
                notYet("outrigger.telemetry.hlog {}", "outrigger.telemetry.hlog"));
    }

    @ParameterizedTest
    @MethodSource
    void valuesThatContradictEachOtherAreErrors(String added, List<String> messages) {
        assertEquals(messages, problems(COMPLETE.formatted(added)));
    }

    static Stream<Arguments> valuesThatContradictEachOtherAreErrors() {
        return Stream.of(
                wrong(
                        "outrigger.routes += { upstream = ap, match.path-prefix = \"/mcp\" }",
                        "outrigger.routes[1].upstream: \"ap\", expected an upstream: app, did you mean app?"),
                wrong(
                        "outrigger.upstreams.b.endpoints = [\"b:1\"], outrigger.routes = [{ upstream = other }]",
                        "outrigger.routes[0].upstream: \"other\", expected an upstream: app, b"),
                wrong(
                        "outrigger.routes += { upstream = app }",
                        "outrigger.routes[1]: \"/\" by default, expected a path prefix of its own"
                                + " (outrigger.routes[0].match.path-prefix has it)"),
                wrong(
                        "outrigger.routes = [{ upstream = app, name = a }, { upstream = app, name = a, match.path-prefix = \"/b\" }]",
                        "outrigger.routes[1].name: \"a\", expected a name of its own (outrigger.routes[0].name has it)"),
                wrong(
                        "outrigger.routes = [{ upstream = app, timeout = 2h }]",
                        "outrigger.routes[0].timeout: \"2h\", expected at most 1h as outrigger.routes[0].max-duration has it"),
                wrong(
                        "outrigger.defaults.route.max-duration = 10s",
                        "outrigger.defaults.route.max-duration: \"10s\", expected at least 15s as outrigger.routes[0].timeout has"
                                + " it"),
                wrong(
                        "outrigger.routes = [{ upstream = app, tools { \"slow_*\".timeout = 2h } }]",
                        "outrigger.routes[0].tools.\"slow_*\".timeout: \"2h\", expected at most 1h as"
                                + " outrigger.routes[0].max-duration has it"),
                wrong(
                        "outrigger.upstreams.app.health-check.timeout = 6s",
                        "outrigger.upstreams.app.health-check.timeout: \"6s\", expected at most 5s as"
                                + " outrigger.upstreams.app.health-check.interval has it"),
                wrong(
                        "outrigger.upstreams.app.ejection.base-time = 10m",
                        "outrigger.upstreams.app.ejection.base-time: \"10m\", expected at most 5m as"
                                + " outrigger.upstreams.app.ejection.max-time has it"),
                wrong(
                        "outrigger.upstreams.app.session-affinity = header",
                        "outrigger.upstreams.app.affinity.header: missing, expected a header, as session-affinity is header"),
                wrong(
                        "outrigger.upstreams.app.endpoints = [\"a:1\", \"b:1\", { address = \"a:1\" }]",
                        "outrigger.upstreams.app.endpoints[2].address: \"a:1\", expected an address of its own"
                                + " (outrigger.upstreams.app.endpoints[0] has it)"),
                wrong(
                        "outrigger.listeners.other.bind = \"0.0.0.0:18080\"",
                        "outrigger.listeners.other.bind: \"0.0.0.0:18080\", expected an address of its own"
                                + " (outrigger.listeners.inbound.bind binds 127.0.0.1:18080)"),
                wrong(
                        "outrigger.status.bind = \"localhost:15000\"",
                        "outrigger.status.bind: \"localhost:15000\", expected an address of its own"
                                + " (outrigger.admin.bind binds 127.0.0.1:15000)"),
                wrong(
                        "outrigger.listeners.inbound.bind = \"[::]:9465\"",
                        "outrigger.listeners.inbound.bind: \"[::]:9465\", expected an address of its own"
                                + " (outrigger.status.bind binds 0.0.0.0:9465)"),
                wrong(
                        "outrigger.listeners = null",
                        "test.conf:1: outrigger.listeners: none, expected at least one listener such as"
                                + " listeners.inbound.bind = \"0.0.0.0:15006\""),
                wrong(
                        "outrigger.routes = []",
                        "outrigger.routes: none, expected at least one route such as routes = [{ upstream = app }]"));
    }

    @ParameterizedTest
    @MethodSource
    void aFileThatCannotBeReadAsHoconIsOneProblem(String text, List<String> messages) {
        assertEquals(messages, problems(text));
    }

    static Stream<Arguments> aFileThatCannotBeReadAsHoconIsOneProblem() {
        return Stream.of(
                arguments(
                        "",
                        List.of(
                                "test.conf:1: outrigger: missing, expected an object that holds the whole configuration")),
                arguments(
                        "outrigger = null",
                        List.of(
                                "test.conf:1: outrigger: missing, expected an object that holds the whole configuration")),
                arguments(
                        "outrigger {\n  upstreams {}\n}",
                        List.of(
                                "test.conf:1: outrigger.listeners: none, expected at least one listener such as"
                                        + " listeners.inbound.bind = \"0.0.0.0:15006\"",
                                "test.conf:1: outrigger.routes: none, expected at least one route such as"
                                        + " routes = [{ upstream = app }]",
                                "test.conf:2: outrigger.upstreams: none, expected at least one upstream such as"
                                        + " upstreams.app.endpoints = [\"127.0.0.1:8080\"]")),
                arguments("\noutrigger = 3", List.of("test.conf:2: outrigger: 3, expected an object")),
                arguments(
                        "outrigger {\n  status { bind = \"x:1\" \n",
                        List.of("test.conf:3: the file ends, expected a closing brace or parenthesis")),
                arguments(
                        "outrigger {\n  routes = [1,\n",
                        List.of(
                                "test.conf:3: syntax error: List should have had new element after a comma, instead had token: end of file")),
                arguments(
                        "outrigger.mcp { scan-limit = ${LIMIT}\n max-tool-labels = ${LABELS} }",
                        List.of(
                                "test.conf:1: ${LIMIT} is not set, expected a key or an environment variable",
                                "test.conf:2: ${LABELS} is not set, expected a key or an environment variable")),
                arguments(
                        "outrigger { a = ${outrigger.b}\n b = ${outrigger.a} }",
                        List.of("test.conf:2: ${outrigger.a} was part of a cycle of"
                                + " substitutions involving ${outrigger.b}, ${outrigger.a}, ${outrigger.b}")));
    }

    @ParameterizedTest
    @MethodSource
    void aValueFromTheEnvironmentIsNamedByItsVariable(String added, String message) {
        assertEquals(List.of(message), problems(COMPLETE.formatted(added)));
    }

    static Stream<Arguments> aValueFromTheEnvironmentIsNamedByItsVariable() {
        return Stream.of(
                arguments(
                        "outrigger.status.bind = ${ADDRESS}",
                        "environment variable ADDRESS: outrigger.status.bind: \"nowhere\", expected host:port with a port from 0 to"
                                + " 65535"),
                arguments(
                        "outrigger.status.bind = \"0.0.0.0:\"${?PORT}",
                        "test.conf:4: outrigger.status.bind: \"0.0.0.0:eighty\", expected host:port with a port from 0 to 65535"),
                arguments(
                        "outrigger.telemetry.log-level = ${?LEVEL}",
                        "environment variable LEVEL: outrigger.telemetry.log-level: \"loud\", expected error, warn, info or debug"));
    }

    private static Arguments notYet(String added, String path) {
        return wrong(added, path + ": this key is not supported yet");
    }

    /** A problem stands in the added line unless the message says where. */
    private static Arguments wrong(String added, String... messages) {
        return arguments(
                added,
                Stream.of(messages)
                        .map(message -> message.startsWith("test.conf:") ? message : "test.conf:4: " + message)
                        .toList());
    }

    private List<String> problems(String text) {
        Refused refused = assertInstanceOf(Refused.class, loader.loadString("test.conf", text));
        return refused.problems().stream().map(ConfigProblem::toString).toList();
    }
}
