package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.BackoffConfig;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.FailsOnConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.Http2Config;
import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.config.model.LifecycleConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.LogLevel;
import dev.outrigger.config.model.McpConfig;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.PrometheusConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.ProxyProtocolConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.config.model.TcpConfig;
import dev.outrigger.config.model.ToolConfig;
import dev.outrigger.config.model.TracingConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.config.model.UpstreamConfig.SessionAffinity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {
    private final ConfigLoader loader = new ConfigLoader(Map.of("HOST", "10.0.0.1", "WORKERS", "4", "RATE", "12.5%"));

    @Test
    void theShortFormOfAnUpstreamIsComplete() {
        UpstreamConfig upstream = load("").upstreams().get(0);

        assertEquals("app", upstream.name());
        assertEquals(List.of(EndpointConfig.of("127.0.0.1", 18081)), upstream.endpoints());
        assertEquals(SessionAffinity.MCP_SESSION, upstream.sessionAffinity());
        assertEquals(
                new PoolConfig(Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofHours(1), 1024, 1024),
                upstream.pool());
        assertEquals(
                new BreakerConfig(
                        5,
                        Duration.ofSeconds(30),
                        1,
                        new BackoffConfig(2, Duration.ofMinutes(5), 0.2),
                        Optional.empty(),
                        Optional.empty(),
                        FailsOnConfig.SERVER_ERRORS),
                upstream.breaker());
        assertEquals(
                new HealthCheckConfig(
                        HealthCheckConfig.Type.TCP,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        2,
                        3,
                        0.1,
                        "/health",
                        List.of("2xx"),
                        "/mcp"),
                upstream.healthCheck());
    }

    @Test
    void everythingNotNamedHasItsDefault() {
        ProxyConfig config = load("");

        assertEquals(
                new ListenerConfig(
                        "inbound",
                        new HostPort("127.0.0.1", 18080),
                        ListenerConfig.Protocol.HTTP,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(5),
                        10_000,
                        8 << 10,
                        60 << 10,
                        100,
                        new HttpRulesConfig(
                                true,
                                false,
                                EscapedSlashes.KEEP,
                                Underscores.DROP,
                                32,
                                100,
                                Duration.ofSeconds(20),
                                false,
                                10 << 20),
                        new Http2Config(100, 64 << 10, 1 << 20, Duration.ofSeconds(30), 200, 200, 60, 20, 2, 16, 1000),
                        Optional.empty(),
                        new TcpConfig(Optional.empty(), Map.of(), Duration.ofSeconds(10), Duration.ofHours(1)),
                        new ProxyProtocolConfig(List.of()),
                        0,
                        Optional.empty()),
                config.listeners().get(0));
        assertEquals(
                new RouteConfig(
                        "/",
                        "/",
                        "app",
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(5),
                        Duration.ofHours(1),
                        List.of("websocket"),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.empty()),
                config.routes().get(0));
        assertEquals("outrigger", config.serviceName());
        assertEquals(
                new McpConfig(
                        1 << 20, 200, false, McpConfig.Refusal.JSON_RPC, Duration.ZERO, 10_000, Duration.ofHours(1)),
                config.mcp());
        assertEquals(
                new TracingConfig(true, "", TracingConfig.Protocol.GRPC, 1.0, Optional.empty()),
                config.telemetry().tracing());
        assertEquals("", config.telemetry().accessLog().path());
        assertEquals(
                new PrometheusConfig(true, Duration.ofSeconds(10), Optional.empty(), ""),
                config.telemetry().prometheus());
        assertEquals(LogLevel.INFO, config.telemetry().logLevel());
        assertEquals(new HostPort("0.0.0.0", 9465), config.status().bind());
        assertEquals(new HostPort("127.0.0.1", 15000), config.admin().bind());
        assertEquals(Optional.empty(), config.admin().token());
        assertEquals(
                new LifecycleConfig(Duration.ofSeconds(30), true, Duration.ofMillis(300), false), config.lifecycle());
        assertEquals(Transport.AUTO, config.runtime().transport());
        assertEquals(0, config.runtime().workers());
    }

    @Test
    void whatIsSetForAllHoldsWhereNothingElseIsSet() {
        ProxyConfig config = load("""
                outrigger.defaults.upstream { pool.connect-timeout = 250ms, breaker.open-for = 5s }
                outrigger.defaults.route.timeout = 1m
                outrigger.upstreams.other { endpoints = ["b:1"], breaker.open-for = 7s }
                """);

        assertEquals(List.of("app", "other"), names(config));
        assertEquals(Duration.ofSeconds(5), config.upstreams().get(0).breaker().openFor());
        assertEquals(Duration.ofSeconds(7), config.upstreams().get(1).breaker().openFor());
        assertEquals(Duration.ofMillis(250), config.upstreams().get(1).pool().connectTimeout());
        assertEquals(Duration.ofMinutes(1), config.routes().get(0).timeout());
    }

    @Test
    void endpointsAreWrittenAsTextOrAsObjects() {
        ProxyConfig config =
                load("outrigger.upstreams.app.endpoints = [\"[::1]:1\", { address = \"mcp.default.svc:2\" }]");

        assertEquals(
                "[[::1]:1, mcp.default.svc:2]",
                config.upstreams().get(0).endpoints().toString());
    }

    @Test
    void routesKeepTheirOrderAndAreNamedAfterTheirPrefix() {
        ProxyConfig config = load("""
                outrigger.routes = [
                  { match.path-prefix = "/z", upstream = app }
                  { match.path-prefix = "/a", upstream = app, name = first }
                  { upstream = app }
                ]
                """);

        assertEquals(
                List.of("/z", "first", "/"),
                config.routes().stream().map(RouteConfig::name).toList());
    }

    @Test
    void toolsAreOrderedAndHaveTheTimeoutOfTheirRouteUnlessTheySetOne() {
        ProxyConfig config = load("""
                outrigger.routes = [{ upstream = app, timeout = 3s, tools {
                  "slow_*" { timeout = 2m }, plain {}, "db.query/x" { timeout = 1s }, "*" {}, gone = null, "gr\u00fc\u00df dich" {}
                } }]
                """);

        assertEquals(
                List.of(
                        Loads.tool("*", Duration.ofSeconds(3)),
                        Loads.tool("db.query/x", Duration.ofSeconds(1)),
                        Loads.tool("gr\u00fc\u00df dich", Duration.ofSeconds(3)),
                        Loads.tool("plain", Duration.ofSeconds(3)),
                        Loads.tool("slow_*", Duration.ofMinutes(2))),
                config.routes().get(0).tools());
    }

    @Test
    void toolsOfAllRoutesHoldWhereARouteSaysNothingOfThem() {
        ProxyConfig config = load("""
                outrigger.defaults.route.tools { a { timeout = 1s }, b { timeout = 2s } }
                outrigger.routes = [
                  { upstream = app }
                  { upstream = app, match.path-prefix = "/x", tools { b { timeout = 3s }, c {} } }
                ]
                """);

        ToolConfig a = Loads.tool("a", Duration.ofSeconds(1));
        assertEquals(
                List.of(a, Loads.tool("b", Duration.ofSeconds(2))),
                config.routes().get(0).tools());
        assertEquals(
                List.of(a, Loads.tool("b", Duration.ofSeconds(3)), Loads.tool("c", Duration.ofSeconds(15))),
                config.routes().get(1).tools());
    }

    @Test
    void aRouteMayHaveAThousandToolsAndNoMore() {
        String thousand = IntStream.range(0, ToolsSection.MAX_PATTERNS)
                .mapToObj(i -> "tool_" + i + " {}")
                .collect(Collectors.joining(","));
        String route = "outrigger.routes = [{ upstream = app, tools { " + thousand;

        assertEquals(1000, load(route + "} }]").routes().get(0).tools().size());
        assertEquals(
                List.of("test.conf:6: outrigger.routes[0].tools: 1001 patterns, expected at most 1000"),
                Loads.problems(loadText(route + ", more {} } }]")));
    }

    @Test
    void substitutionsSeeTheEnvironmentAndOtherKeys() {
        ProxyConfig config = load("""
                outrigger.upstreams.app.endpoints = [${HOST}":8080"]
                outrigger.runtime.workers = ${WORKERS}
                outrigger.telemetry.tracing.sample = ${RATE}
                outrigger.service-name = ${?NOT_SET}
                outrigger.upstreams.other.endpoints = ${outrigger.upstreams.app.endpoints}
                """);

        assertEquals(
                "10.0.0.1:8080", config.upstreams().get(0).endpoints().get(0).toString());
        assertEquals(4, config.runtime().workers());
        assertEquals(0.125, config.telemetry().tracing().sample());
        assertEquals("outrigger", config.serviceName());
        assertEquals(
                config.upstreams().get(0).endpoints(), config.upstreams().get(1).endpoints());
    }

    @Test
    void systemPropertiesChangeNothing() {
        System.setProperty("outrigger.service-name", "from-a-property");
        try {
            assertEquals("outrigger", load("").serviceName());
            assertEquals(
                    List.of("test.conf:6: ${java.version} is not set, expected a key or an environment variable"),
                    Loads.problems(loadText("outrigger.service-name = ${java.version}")));
        } finally {
            System.clearProperty("outrigger.service-name");
        }
    }

    @Test
    void nullIsTheSameAsNotSet() {
        ProxyConfig config = load("outrigger { service-name = null, mcp = null, upstreams.gone = null }");

        assertEquals("outrigger", config.serviceName());
        assertEquals(200, config.mcp().maxToolLabels());
        assertEquals(List.of("app"), names(config));
    }

    @Test
    void theFreePortMayBeAskedForManyTimes() {
        ProxyConfig config = load("""
                outrigger.listeners.inbound.bind = "127.0.0.1:0"
                outrigger.listeners.other.bind = "0.0.0.0:0"
                outrigger.status.bind = "127.0.0.1:0"
                outrigger.admin.bind = "127.0.0.1:0"
                """);

        assertEquals(2, config.listeners().size());
    }

    @Test
    void onePortOfTwoAddressesIsNoClash() {
        assertEquals(
                2,
                load("outrigger.listeners.other.bind = \"127.0.0.2:18080\"")
                        .listeners()
                        .size());
    }

    @Test
    void includedFilesTellTheirOwnLines() {
        String folder = Path.of("src/test/resources/load").toString();

        assertEquals(
                List.of(
                        folder
                                + "/including.conf:5: outrigger.mcp.scan-limit: 0, expected a size from 1KiB to 64MiB such as 8KiB",
                        folder
                                + "/part.conf:2: outrigger.status.bnid: unknown key, expected one of app-probes, bind, did you mean bind?",
                        folder
                                + "/part.conf:4: outrigger.upstreams.app.pool.idle-timeout: \"4 parsecs\", expected a duration from"
                                + " 1ms to 365d such as 30s"),
                Loads.problems(loader.load(Path.of(folder, "including.conf"))));
    }

    @Test
    void aLoadTellsEveryFileItLookedAt(@TempDir Path folder) throws IOException {
        Path main = Files.writeString(folder.resolve("main.conf"), Loads.COMPLETE + """
                include "parts/one.conf"
                include "later.conf"
                include "any"
                """);
        Files.createDirectory(folder.resolve("parts"));
        Files.writeString(folder.resolve("parts/one.conf"), "include \"two\"");
        Files.writeString(folder.resolve("parts/two.json"), "{ \"outrigger\": { \"service-name\": \"two\" } }");

        LoadResult loaded = loader.load(main);

        assertEquals("two", Loads.config(loaded).serviceName());
        assertEquals(
                Set.of(
                        "main.conf",
                        "parts/one.conf",
                        "later.conf",
                        "any.conf",
                        "any.json",
                        "parts/two.conf",
                        "parts/two.json"),
                loaded.files().stream()
                        .map(file -> folder.relativize(file).toString())
                        .collect(Collectors.toSet()));
    }

    @Test
    void aLoadThatFailsTellsTheFilesToo(@TempDir Path folder) throws IOException {
        Path main = Files.writeString(folder.resolve("main.conf"), "include required(\"gone.conf\")");
        Path missing = folder.resolve("missing.conf");

        assertEquals(
                Set.of(main, folder.resolve("gone.conf")), loader.load(main).files());
        assertEquals(Set.of(missing), loader.load(missing).files());
    }

    @Test
    void aMissingIncludeIsToldByTheLineOfTheFileThatAsks(@TempDir Path folder) throws IOException {
        Path main = Files.writeString(folder.resolve("main.conf"), "include \"part.conf\"");
        Path part = Files.writeString(folder.resolve("part.conf"), "\n\ninclude required(\"gone.conf\")");

        assertEquals(
                List.of(part + ":3: \"gone.conf\" cannot be read, expected a file to include"),
                Loads.problems(loader.load(main)));
    }

    @Test
    void filesThatIncludeEachOtherAreAProblem(@TempDir Path folder) throws IOException {
        Path main = Files.writeString(folder.resolve("main.conf"), "include \"main.conf\"");

        assertEquals(
                List.of(main + ":1: syntax error: files that include each other"), Loads.problems(loader.load(main)));
    }

    @Test
    void aFileThatIsNotThereIsAProblem() {
        assertEquals(
                List.of("no/such.conf: not found, expected a configuration file"),
                Loads.problems(loader.load(Path.of("no/such.conf"))));
        assertEquals(
                List.of("src/test: a directory, expected a configuration file"),
                Loads.problems(loader.load(Path.of("src/test"))));
    }

    @Test
    void aFileThatMustBeIncludedAndIsNotThereIsAProblemOfTheLineThatAsks() {
        Path file = Path.of("src/test/resources/load/include-missing.conf");

        assertEquals(
                List.of(file + ":3: \"gone.conf\" cannot be read, expected a file to include"),
                Loads.problems(loader.load(file)));
    }

    @Test
    void allProblemsAreToldAtOnceInTheOrderOfTheirLines() {
        LoadResult result = loader.loadString("test.conf", """
                outrigger {
                  listeners.inbound { bind = nowhere }
                  upstreams.app { endpoints = ["a:1"], retries = 3 }
                  routes = [{ upstream = ap, timeout = 5 }]
                }
                """);

        assertEquals("""
                test.conf:2: outrigger.listeners.inbound.bind: "nowhere", expected host:port with a port from 0 to 65535
                test.conf:3: outrigger.upstreams.app.retries: unknown key, expected one of affinity, breaker, \
                concurrency-limit, discovery, dns, ejection, endpoints, health-check, http2, load-balancer, panic-threshold, \
                pool, protocol, send-proxy-protocol, session-affinity, slow-start, tls
                test.conf:4: outrigger.routes[0].timeout: 5, expected a duration from 1ms to 365d such as 30s
                test.conf:4: outrigger.routes[0].upstream: "ap", expected an upstream: app, did you mean app?""", result.toString());
    }

    @Test
    void aLongValueIsCutAndStaysOnOneLine() {
        String problem = Loads.problems(loadText("outrigger.status.bind = \"\"\"" + "x\n".repeat(200) + "\"\"\""))
                .get(0);

        assertTrue(problem.length() < 250, problem);
        assertEquals(1, problem.lines().count());
    }

    private ProxyConfig load(String added) {
        return Loads.config(loadText(added));
    }

    /** The added text stands from line 6 on. */
    private LoadResult loadText(String added) {
        return loader.loadString("test.conf", Loads.COMPLETE + added);
    }

    private static List<String> names(ProxyConfig config) {
        return config.upstreams().stream().map(UpstreamConfig::name).toList();
    }
}
