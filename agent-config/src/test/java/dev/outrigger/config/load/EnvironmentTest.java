package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.config.model.Secret;
import dev.outrigger.config.model.TracingConfig;
import dev.outrigger.config.model.UpstreamConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What environment variables do to a configuration. */
final class EnvironmentTest {
    private static final String DURATION = "expected a duration from 1ms to 365d such as 30s";

    @Test
    void anOverrideBeatsTheFile() {
        ProxyConfig config = load(Map.of(
                "OUTRIGGER_STATUS_BIND", "127.0.0.1:1",
                "OUTRIGGER_UPSTREAMS_APP_ENDPOINTS", "127.0.0.1:8080, 127.0.0.1:8081",
                "OUTRIGGER_ROUTES_0_TIMEOUT", "20s",
                "OUTRIGGER_DEFAULTS_UPSTREAM_POOL_CONNECT_TIMEOUT", "250ms",
                "OUTRIGGER_TELEMETRY_LOG_LEVEL", "debug",
                "OUTRIGGER_LISTENERS_INBOUND_MAX_CONNECTIONS", "7"));

        UpstreamConfig app = config.upstreams().get(0);
        assertEquals(new HostPort("127.0.0.1", 1), config.status().bind());
        assertEquals("[127.0.0.1:8080, 127.0.0.1:8081]", app.endpoints().toString());
        assertEquals(Duration.ofMillis(250), app.pool().connectTimeout());
        assertEquals(Duration.ofSeconds(20), config.routes().get(0).timeout());
        assertEquals("app", config.routes().get(0).upstream());
        assertEquals("DEBUG", config.telemetry().logLevel().name());
        assertEquals(7, config.listeners().get(0).maxConnections());
        assertEquals(18080, config.listeners().get(0).bind().port());
    }

    @Test
    void theEnvironmentAloneIsEnough() {
        ProxyConfig config = Loads.config(new ConfigLoader(Map.of(
                        "OUTRIGGER_LISTENERS_IN_BIND", "127.0.0.1:0",
                        "OUTRIGGER_UPSTREAMS_MY_APP_ENDPOINTS", "a:1",
                        "OUTRIGGER_ROUTES_0_UPSTREAM", "my-app",
                        "OUTRIGGER_ROUTES_1_UPSTREAM", "my-app",
                        "OUTRIGGER_ROUTES_1_MATCH_PATH_PREFIX", "/one"))
                .loadString("test.conf", ""));

        assertEquals("my-app", config.upstreams().get(0).name());
        assertEquals("/one", config.routes().get(1).pathPrefix());
    }

    @Test
    void aNameThatExistsIsMeantHoweverItIsWritten() {
        ProxyConfig config = load(
                "outrigger.upstreams { \"my.App_1\".endpoints = [\"a:1\"] },"
                        + "outrigger.routes = [{ upstream = app, tools { \"slow_*\" {} } }]",
                Map.of(
                        "OUTRIGGER_UPSTREAMS_MY_APP_1_POOL_MAX_PENDING", "3",
                        "OUTRIGGER_ROUTES_0_TOOLS_SLOW___TIMEOUT", "1m",
                        "OUTRIGGER_UPSTREAMS_APP_TWO_ENDPOINTS", "b:1"));

        assertEquals(
                List.of("app", "app-two", "my.App_1"),
                config.upstreams().stream().map(UpstreamConfig::name).toList());
        assertEquals(3, config.upstreams().get(2).pool().maxPending());
        assertEquals(
                List.of(Loads.tool("slow_*", Duration.ofMinutes(1))),
                config.routes().get(0).tools());
    }

    @Test
    void theRateLimitHoldsForRoutesWithoutOne() {
        ProxyConfig config = load("""
                outrigger.routes = [
                  { upstream = app }, { upstream = app, match.path-prefix = "/x", rate-limit { rate = 5, per = 1s } }
                ]
                """, Map.of("METRICS_RATE_LIMIT", "60"));

        RateLimitConfig first = config.routes().get(0).rateLimit().orElseThrow();
        assertEquals(60, first.rate());
        assertEquals(Duration.ofMinutes(1), first.per());
        assertEquals(5, config.routes().get(1).rateLimit().orElseThrow().rate());
    }

    @Test
    void routesAreAddedInTheOrderOfTheirNumbers() {
        Map<String, String> environment = new TreeMap<>();
        for (int i = 1; i <= 10; i++) {
            environment.put("OUTRIGGER_ROUTES_" + i + "_UPSTREAM", "app");
            environment.put("OUTRIGGER_ROUTES_" + i + "_MATCH_PATH_PREFIX", "/" + i);
        }

        assertEquals("/10", load(environment).routes().get(10).pathPrefix());
        assertEquals(
                List.of("environment variable OUTRIGGER_ROUTES_2_TIMEOUT: outrigger.routes: no element 2, expected an"
                        + " index from 0 to 1"),
                problems("OUTRIGGER_ROUTES_2_TIMEOUT", "1s"));
    }

    @Test
    void everyKeyOfTheReferenceHasAVariable() {
        VariableNames names = new VariableNames(
                Surface.of(Reference.all()), ConfigFactory.empty().root());
        Reference.all().toConfig().entrySet().forEach(entry -> {
            String name = VariableNames.upper(entry.getKey().substring(ConfigLoader.ROOT.length() + 1));
            // Of objects, which have one variable for each of their keys.
            boolean isList = name.equals("ROUTES") || name.endsWith("_CERTIFICATES");
            assertEquals(isList ? 0 : 1, names.targets(name).size(), name);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            OUTRIGGER_STATSU_BIND    | x   | names no key, expected OUTRIGGER_ and the path of a key such as \
            OUTRIGGER_STATUS_BIND, did you mean OUTRIGGER_STATUS_BIND?
            OUTRIGGER_UPSTREAMS_APP_ENDPOINT | a:1 | names no key, expected OUTRIGGER_ and the path of a key such as \
            OUTRIGGER_STATUS_BIND, did you mean OUTRIGGER_UPSTREAMS_APP_ENDPOINTS?
            OUTRIGGER_ROUTES_0_TOOLS_SLOW_TIMEOUT | 1s | names no key, expected OUTRIGGER_ and the path of a key such as \
            OUTRIGGER_STATUS_BIND, did you mean OUTRIGGER_ROUTES_0_IDLE_TIMEOUT?
            OUTRIGGER_ZZZ            | x   | names no key, expected OUTRIGGER_ and the path of a key such as \
            OUTRIGGER_STATUS_BIND
            OUTRIGGER_PORT           | 80  | names no key, expected OUTRIGGER_ and the path of a key such as \
            OUTRIGGER_STATUS_BIND
            OUTRIGGER_ROUTES_0_TIMEOUT | 20 | outrigger.routes[0].timeout: "20", expected a duration from 1ms to 365d such \
            as 30s
            OUTRIGGER_UPSTREAMS_APP_ENDPOINTS | a | outrigger.upstreams.app.endpoints[0]: "a", expected host:port with a \
            port from 1 to 65535
            OUTRIGGER_ROUTES_0_MATCH_HOST | h | outrigger.routes[0].match.host: this key is not supported yet
            OUTRIGGER_SECURITY_JWT   | x   | outrigger.security: this key is not supported yet
            OTEL_EXPORTER_OTLP_PROTOCOL | http/json | "http/json", expected grpc or http/protobuf
            OTEL_TRACES_EXPORTER     | zipkin | "zipkin", expected otlp or none
            OTEL_TRACES_SAMPLER      | jaeger_remote | "jaeger_remote", expected always_on, always_off, traceidratio, \
            parentbased_always_on, parentbased_always_off or parentbased_traceidratio
            OTEL_SDK_DISABLED        | maybe | "maybe", expected true or false
            OTEL_RESOURCE_ATTRIBUTES | shop | "shop", expected name=value,name=value
            OTEL_EXPORTER_OTLP_ENDPOINT | collector:4317 | outrigger.telemetry.tracing.otlp-endpoint: "collector:4317", \
            expected an http or https URL without user, query and fragment, or nothing
            METRICS_SERVICE_PORT     | eighty | outrigger.status.bind: "0.0.0.0:eighty", expected host:port with a port from \
            0 to 65535
            METRICS_RATE_LIMIT       | 0 | outrigger.defaults.route.rate-limit.rate: "0", expected a whole number from 1 to 1000000
            MAX_REQUEST_SIZE         | many | outrigger.defaults.listener.http.max-request-body: "many", expected a size from 0B \
            to 16GiB such as 8KiB
            BATCH_SIZE               | 1 | this variable is not supported yet
            FLUSH_INTERVAL_SECONDS   | 1 | this variable is not supported yet
            METRICS_RETENTION_DAYS   | 1 | this variable is not supported yet
            """)
    void aWrongVariableIsNamed(String variable, String value, String message) {
        assertEquals(List.of("environment variable " + variable + ": " + message), problems(variable, value));
    }

    @Test
    void aVariableThatMayMeanTwoKeysIsRefused() {
        String text = Loads.COMPLETE + "outrigger.upstreams { a-b.endpoints = [\"a:1\"], a_b.endpoints = [\"b:1\"] }";
        ConfigLoader loader = new ConfigLoader(Map.of("OUTRIGGER_UPSTREAMS_A_B_POOL_MAX_PENDING", "1"));

        assertEquals(
                List.of("environment variable OUTRIGGER_UPSTREAMS_A_B_POOL_MAX_PENDING: may mean"
                        + " upstreams.a-b.pool.max-pending or upstreams.a_b.pool.max-pending, expected a name of one key"
                        + " only"),
                Loads.problems(loader.loadString("test.conf", text)));
    }

    @Test
    void twoPortsThatContradictEachOtherAreRefused() {
        ConfigLoader loader = new ConfigLoader(Map.of("METRICS_SERVICE_PORT", "9000", "OTEL_PROMETHEUS_PORT", "9001"));

        assertEquals(
                List.of(
                        "environment variable OTEL_PROMETHEUS_PORT: \"9001\", expected the port of METRICS_SERVICE_PORT"),
                Loads.problems(loader.loadString("test.conf", Loads.COMPLETE)));
    }

    @Test
    void theWrongValueOfTheFileIsStillTold() {
        String text = Loads.COMPLETE + "outrigger.status = 3";
        ConfigLoader loader = new ConfigLoader(Map.of("OUTRIGGER_STATUS_BIND", "a:1"));

        assertEquals(
                List.of("test.conf:6: outrigger.status: 3, expected an object"),
                Loads.problems(loader.loadString("test.conf", text)));
    }

    @Test
    void linesOfTheFileAreStillTold() {
        String text = Loads.COMPLETE + "outrigger.upstreams.app.pool.idle-timeout = 4";
        ConfigLoader loader = new ConfigLoader(Map.of("OUTRIGGER_UPSTREAMS_APP_POOL_MAX_PENDING", "4"));

        assertEquals(
                List.of("test.conf:6: outrigger.upstreams.app.pool.idle-timeout: 4, " + DURATION),
                Loads.problems(loader.loadString("test.conf", text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OUTRIGGER_SERVICE_HOST=10.0.0.1",
                "OUTRIGGER_SERVICE_PORT=9465",
                "OUTRIGGER_SERVICE_PORT_METRICS=9465",
                "OUTRIGGER_PORT=tcp://10.0.0.1:9465",
                "OUTRIGGER_PORT_9465_TCP=tcp://10.0.0.1:9465",
                "OUTRIGGER_PORT_9465_TCP_PROTO=tcp",
                "OUTRIGGER_PORT_53_UDP_ADDR=10.0.0.1",
                "OUTRIGGER_INJECTOR_SERVICE_HOST=10.0.0.1",
                "OUTRIGGER_SECURITY_SERVICE_PORT=80",
                "OUTRIGGER_HEAP=256m",
                "OUTRIGGER_JAVA_HOME=/jdk",
                "OUTRIGGER_JAVA_OPTS=-Dx",
                "OUTRIGGER_CACHE=/cache",
                "OUTRIGGER_INTERCEPTION_PROXY_UID=1337"
            })
    void variablesOfOthersDoNoHarm(String variable) {
        int equals = variable.indexOf('=');

        assertEquals(load(Map.of()), load(Map.of(variable.substring(0, equals), variable.substring(equals + 1))));
    }

    @Test
    void linksOfAServiceNamedMetricsAreNoAliases() {
        Map<String, String> links = Map.of(
                "METRICS_SERVICE_HOST", "10.0.0.1",
                "METRICS_SERVICE_PORT", "80",
                "METRICS_PORT", "tcp://10.0.0.1:80");

        assertEquals(load(Map.of()), load(links));
    }

    @Test
    void theNamesThatOperatorsKnowAreAliases() throws IOException {
        ProxyConfig config = load(Map.of(
                "METRICS_SERVICE_HOST", "::1",
                "METRICS_SERVICE_PORT", "9000",
                "METRICS_TOKEN", "s3cret",
                "OTEL_PROMETHEUS_ENABLED", "False",
                "OTEL_SERVICE_NAME", "shop",
                "OTEL_OTLP_ENDPOINT", "http://old:4317",
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4317",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4318",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20x"));

        TracingConfig tracing = config.telemetry().tracing();
        assertEquals(new HostPort("::1", 9000), config.status().bind());
        assertEquals("shop", config.serviceName());
        assertFalse(config.telemetry().prometheus().enabled());
        assertEquals(
                "s3cret", config.telemetry().prometheus().token().orElseThrow().read());
        assertEquals("http://traces:4318", tracing.otlpEndpoint());
        assertEquals(TracingConfig.Protocol.HTTP, tracing.protocol());
        assertEquals(
                "from OTEL_EXPORTER_OTLP_HEADERS",
                tracing.headers().orElseThrow().toString());
    }

    @Test
    void anAliasBeatsTheFileAndAnOverrideBeatsTheAlias() {
        String file = "outrigger { status.bind = \"127.0.0.1:1\", service-name = file }";

        ProxyConfig config = load(
                file,
                Map.of("OTEL_PROMETHEUS_PORT", "2", "OTEL_SERVICE_NAME", "alias", "OUTRIGGER_SERVICE_NAME", "own"));

        assertEquals(new HostPort("127.0.0.1", 2), config.status().bind());
        assertEquals("own", config.serviceName());
    }

    @Test
    void anEmptyAliasIsNotSet() {
        assertEquals(
                load(Map.of()), load(Map.of("METRICS_TOKEN", "", "OTEL_SERVICE_NAME", " ", "METRICS_RATE_LIMIT", "")));
    }

    @ParameterizedTest
    @CsvSource({
        "always_on, , 1.0",
        "always_off, 0.3, 0.0",
        "parentbased_traceidratio, 0.25, 0.25",
        "traceidratio, 0.5, 0.5",
        "traceidratio, , 1.0",
        "parentbased_always_off, , 0.0"
    })
    void aSamplerOfOpenTelemetryIsAShare(String sampler, String argument, double share) {
        ProxyConfig config = load(
                "outrigger.telemetry.tracing.sample = 7%",
                Map.of("OTEL_TRACES_SAMPLER", sampler, "OTEL_TRACES_SAMPLER_ARG", argument == null ? "" : argument));

        assertEquals(share, config.telemetry().tracing().sample());
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_TRACES_EXPORTER, none, ''",
        "OTEL_TRACES_EXPORTER, otlp, http://a:1",
        "OTEL_SDK_DISABLED, true, ''"
    })
    void exportCanBeSwitchedOff(String variable, String value, String endpoint) {
        ProxyConfig config = load(Map.of(variable, value, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:1"));

        assertEquals(endpoint, config.telemetry().tracing().otlpEndpoint());
    }

    @Test
    void theNameOfTheServiceIsAlsoTakenFromTheResource() {
        assertEquals(
                "shop",
                load(Map.of("OTEL_RESOURCE_ATTRIBUTES", "a=b, service.name=shop"))
                        .serviceName());
        assertEquals(
                "own",
                load(Map.of("OTEL_RESOURCE_ATTRIBUTES", "service.name=shop", "OTEL_SERVICE_NAME", "own"))
                        .serviceName());
        assertEquals(
                "outrigger", load(Map.of("OTEL_RESOURCE_ATTRIBUTES", "a=b")).serviceName());
    }

    @Test
    void aSecretIsTakenFromTheEnvironmentAndNeverShown() throws IOException {
        String file = "outrigger.telemetry.prometheus.token = ${SCRAPE}";
        ProxyConfig config = load(file, Map.of("SCRAPE", "s3cret", "OUTRIGGER_ADMIN_TOKEN", "s3cret-too"));

        Secret token = config.telemetry().prometheus().token().orElseThrow();
        assertEquals("s3cret", token.read());
        assertEquals("s3cret-too", config.admin().token().orElseThrow().read());
        assertEquals(Optional.empty(), token.file());
        assertFalse(config.toString().contains("s3cret"), config.toString());
        String shown = ConfigRenderer.concise(config);
        assertFalse(shown.contains("s3cret"), shown);
        assertTrue(shown.contains("\"token\":\"***\""), shown);
    }

    @ParameterizedTest
    @CsvSource({
        "outrigger.telemetry.prometheus.token, token-file, METRICS_TOKEN",
        "outrigger.telemetry.tracing.headers, headers-file, OTEL_EXPORTER_OTLP_HEADERS",
        "outrigger.admin.token, token-file, OUTRIGGER_ADMIN_TOKEN"
    })
    void aSecretInAFileOfTheConfigurationIsRefusedAndNotShown(String key, String fileKey, String variable) {
        String message = "test.conf:6: " + key + ": a secret, expected in a file named by " + fileKey
                + " or in the environment variable " + variable;
        ConfigLoader loader = new ConfigLoader(Map.of("PART", "s3cret"));

        assertEquals(
                List.of(message), Loads.problems(loader.loadString("test.conf", Loads.COMPLETE + key + " = s3cret")));
        assertEquals(
                List.of(message),
                Loads.problems(loader.loadString("test.conf", Loads.COMPLETE + key + " = \"a\"${PART}")));
    }

    @Test
    void twoSourcesOfOneSecretAreRefused() {
        String text = Loads.COMPLETE + "outrigger.telemetry.prometheus.token-file = /run/token";

        assertEquals(
                List.of("environment variable METRICS_TOKEN: outrigger.telemetry.prometheus.token: a second secret,"
                        + " expected only one of token and token-file"),
                Loads.problems(new ConfigLoader(Map.of("METRICS_TOKEN", "s3cret")).loadString("test.conf", text)));
    }

    @Test
    void anEmptyOverrideTakesBackWhatTheFileSays() {
        ProxyConfig config = load(
                "outrigger.telemetry.prometheus.token-file = /run/token",
                Map.of("OUTRIGGER_TELEMETRY_PROMETHEUS_TOKEN_FILE", "", "METRICS_TOKEN", "s3cret"));

        assertEquals(
                Optional.of(Secret.value("s3cret", "METRICS_TOKEN")),
                config.telemetry().prometheus().token());
    }

    private static ProxyConfig load(Map<String, String> environment) {
        return load("", environment);
    }

    private static ProxyConfig load(String added, Map<String, String> environment) {
        return Loads.config(new ConfigLoader(environment).loadString("test.conf", Loads.COMPLETE + added));
    }

    private static List<String> problems(String variable, String value) {
        return Loads.problems(new ConfigLoader(Map.of(variable, value)).loadString("test.conf", Loads.COMPLETE));
    }
}
