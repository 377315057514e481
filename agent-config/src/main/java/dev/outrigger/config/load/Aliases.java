package dev.outrigger.config.load;

import com.typesafe.config.ConfigValue;
import dev.outrigger.config.model.HostPort;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Environment names that operators use already: the standard ones of OpenTelemetry, and those of the metrics services before
 * this one. They lie over the files and under {@link Overrides}. An empty variable is the same as none, as OpenTelemetry has
 * it; a value that cannot be honoured is a problem.
 */
final class Aliases {
    private static final Set<String> TO_COME = Set.of("BATCH_SIZE", "FLUSH_INTERVAL_SECONDS", "METRICS_RETENTION_DAYS");

    private static final List<String> ENDPOINTS =
            List.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_OTLP_ENDPOINT");
    private static final List<String> PROTOCOLS =
            List.of("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");
    private static final List<String> HEADERS =
            List.of("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS");
    private static final String STATUS_BIND = "status.bind";
    private static final String RATE_LIMIT = "METRICS_RATE_LIMIT";
    private static final String RATIO_ARGUMENT = "OTEL_TRACES_SAMPLER_ARG";

    /** What the names of protocols are in our files. */
    private static final Map<String, String> PROTOCOL_WORDS = words("grpc", "grpc", "http/protobuf", "http");

    /**
     * A caller's decision is kept in any case, so that the names with and without {@code parentbased_} are the same here;
     * an empty share stands for the argument.
     */
    private static final Map<String, String> SAMPLERS = words(
            "always_on", "100%",
            "always_off", "0%",
            "traceidratio", "",
            "parentbased_always_on", "100%",
            "parentbased_always_off", "0%",
            "parentbased_traceidratio", "");

    private static final Map<String, String> SWITCHES = words("true", "true", "false", "false");

    private final Map<String, String> environment;
    private final Findings findings;

    Aliases(Map<String, String> environment, Findings findings) {
        this.environment = new HashMap<>(environment);
        if (ServiceLinks.areThere("METRICS", environment)) {
            this.environment.keySet().removeAll(Set.of("METRICS_SERVICE_HOST", "METRICS_SERVICE_PORT"));
        }
        this.findings = findings;
    }

    void apply(Overlay overlay) {
        TO_COME.stream()
                .filter(this::isSet)
                .forEach(variable -> problem(variable, "this variable is not supported yet", ""));
        status(overlay);
        one("OTEL_PROMETHEUS_ENABLED", SWITCHES)
                .ifPresent(value -> put(overlay, value, "telemetry.prometheus.enabled"));
        first(List.of("METRICS_TOKEN")).ifPresent(value -> put(overlay, value, "telemetry.prometheus.token"));
        first(List.of("MAX_REQUEST_SIZE"))
                .ifPresent(value -> put(overlay, value, "defaults.listener.http.max-request-body"));
        first(List.of(RATE_LIMIT)).ifPresent(value -> {
            put(overlay, value, "defaults.route.rate-limit.rate");
            put(overlay, Environment.value(RATE_LIMIT, "1m"), "defaults.route.rate-limit.per");
        });
        serviceName().ifPresent(value -> put(overlay, value, "service-name"));
        first(HEADERS).ifPresent(value -> put(overlay, value, "telemetry.tracing.headers"));
        first(ENDPOINTS).ifPresent(value -> put(overlay, value, "telemetry.tracing.otlp-endpoint"));
        firstName(PROTOCOLS)
                .flatMap(name -> one(name, PROTOCOL_WORDS))
                .ifPresent(value -> put(overlay, value, "telemetry.tracing.protocol"));
        sample().ifPresent(value -> put(overlay, value, "telemetry.tracing.sample"));
        noExport().ifPresent(value -> put(overlay, value, "telemetry.tracing.otlp-endpoint"));
    }

    /** Host and port of the status socket; the half that is not set is what the files have, or the default. */
    private void status(Overlay overlay) {
        boolean isService = isSet("METRICS_SERVICE_PORT");
        String port = isService ? "METRICS_SERVICE_PORT" : "OTEL_PROMETHEUS_PORT";
        if (isService
                && isSet("OTEL_PROMETHEUS_PORT")
                && !value("OTEL_PROMETHEUS_PORT").equals(value(port))) {
            problem("OTEL_PROMETHEUS_PORT", printed("OTEL_PROMETHEUS_PORT"), "the port of METRICS_SERVICE_PORT");
        }
        List<String> variables =
                Stream.of("METRICS_SERVICE_HOST", port).filter(this::isSet).toList();
        HostPort bind = statusBind(overlay);
        if (!variables.isEmpty() && bind != null) {
            String host = isSet("METRICS_SERVICE_HOST") ? value("METRICS_SERVICE_HOST") : bind.host();
            String number = isSet(port) ? value(port) : String.valueOf(bind.port());
            String address = (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + number;
            put(overlay, Environment.value(String.join(" and ", variables), address), STATUS_BIND);
        }
    }

    /** Null if the files have something there that is no address; that problem is told anyway. */
    private static @Nullable HostPort statusBind(Overlay overlay) {
        ConfigValue own = overlay.at(steps(STATUS_BIND));
        ConfigValue bind = own == null ? new Overlay(Reference.all()).at(steps(STATUS_BIND)) : own;
        return bind == null ? null : Kinds.BIND.parser().parse(bind);
    }

    private Optional<ConfigValue> serviceName() {
        Optional<ConfigValue> name = first(List.of("OTEL_SERVICE_NAME"));
        return name.isPresent() || !isSet("OTEL_RESOURCE_ATTRIBUTES") ? name : resourceServiceName();
    }

    /** The other attributes describe what the collector knows better; only the name has a key. */
    private Optional<ConfigValue> resourceServiceName() {
        String variable = "OTEL_RESOURCE_ATTRIBUTES";
        for (String attribute : value(variable).split(",", -1)) {
            int equals = attribute.indexOf('=');
            if (equals < 0) {
                problem(variable, printed(variable), "name=value,name=value");
                return Optional.empty();
            }
            if (attribute.substring(0, equals).strip().equals("service.name")) {
                return Optional.of(Environment.value(
                        variable, attribute.substring(equals + 1).strip()));
            }
        }
        return Optional.empty();
    }

    private Optional<ConfigValue> sample() {
        Optional<ConfigValue> share = one("OTEL_TRACES_SAMPLER", SAMPLERS);
        boolean isRatio = share.isPresent() && "".equals(share.get().unwrapped());
        if (!isRatio) {
            return share;
        }
        return isSet(RATIO_ARGUMENT)
                ? first(List.of(RATIO_ARGUMENT))
                : Optional.of(Environment.value("OTEL_TRACES_SAMPLER", "100%"));
    }

    private Optional<ConfigValue> noExport() {
        Optional<ConfigValue> disabled = one("OTEL_SDK_DISABLED", SWITCHES);
        Optional<ConfigValue> exporter = one("OTEL_TRACES_EXPORTER", words("otlp", "otlp", "none", "none"));
        if (disabled.isPresent() && "true".equals(disabled.get().unwrapped())) {
            return Optional.of(Environment.value("OTEL_SDK_DISABLED", ""));
        }
        boolean isNone = exporter.isPresent() && "none".equals(exporter.get().unwrapped());
        return isNone ? Optional.of(Environment.value("OTEL_TRACES_EXPORTER", "")) : Optional.empty();
    }

    /** What a word of a variable is in our files, if it is set and one of these. */
    private Optional<ConfigValue> one(String variable, Map<String, String> words) {
        if (!isSet(variable)) {
            return Optional.empty();
        }
        String word = value(variable).toLowerCase(Locale.ROOT);
        String ours = words.get(word);
        if (ours == null) {
            ValueKind<String> kind = Kinds.oneOf(words.keySet().toArray(String[]::new));
            findings.problem(
                    Environment.place(variable),
                    "",
                    printed(variable),
                    kind.expected(),
                    Nearest.to(word, kind.candidates()));
            return Optional.empty();
        }
        return Optional.of(Environment.value(variable, ours));
    }

    private Optional<ConfigValue> first(List<String> variables) {
        return firstName(variables).map(variable -> Environment.value(variable, value(variable)));
    }

    private Optional<String> firstName(List<String> variables) {
        return variables.stream().filter(this::isSet).findFirst();
    }

    private boolean isSet(String variable) {
        return !value(variable).isEmpty();
    }

    private String value(String variable) {
        return environment.getOrDefault(variable, "").strip();
    }

    private String printed(String variable) {
        return ValueText.quoted(value(variable));
    }

    private void problem(String variable, String value, String expected) {
        findings.problem(Environment.place(variable), "", value, expected);
    }

    private static void put(Overlay overlay, ConfigValue value, String path) {
        overlay.put(steps(path), value);
    }

    private static List<Step> steps(String path) {
        return List.of((ConfigLoader.ROOT + '.' + path).split("\\.", -1)).stream()
                .map(Step::into)
                .toList();
    }

    /** Pairs, in their order. */
    private static Map<String, String> words(String... pairs) {
        Map<String, String> words = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            words.put(pairs[i], pairs[i + 1]);
        }
        return words;
    }
}
