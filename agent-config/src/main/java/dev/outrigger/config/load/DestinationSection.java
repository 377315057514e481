package dev.outrigger.config.load;

import dev.outrigger.config.model.AbortWhenConfig;
import dev.outrigger.config.model.OriginalConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.ShiftConfig;
import dev.outrigger.config.model.WeightedConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of a route that say where its requests go.
 *
 * @param upstream the one, the first of several, or the one that requests move away from
 */
record DestinationSection(
        String upstream, List<WeightedConfig> weighted, List<String> alternates, Optional<ShiftConfig> shift) {
    static final String UPSTREAM = "upstream";
    static final String WEIGHTED = "weighted";
    static final String ALTERNATES = "alternates";
    static final String SHIFT = "shift";
    static final String FROM = "from";
    static final String TO = "to";
    static final String STEPS = "steps";

    private static final ValueKind<Integer> CALLS = Kinds.count(1, 50_000);
    private static final ValueKind<Integer> WEIGHT = Kinds.count(0, 1_000_000);

    static DestinationSection read(ConfigReader route) {
        Optional<String> one = route.readIfSet(UPSTREAM, Kinds.NOT_BLANK);
        List<WeightedConfig> weighted = weighted(route);
        boolean shifts = route.isWritten(SHIFT);
        ShiftConfig shift = shift(route.section(SHIFT), shifts);
        if (one.isEmpty() && !route.isSet(WEIGHTED) && !shifts) {
            route.demand(UPSTREAM, Kinds.NOT_BLANK.expected());
        }
        String first = shifts
                ? shift.from()
                : weighted.isEmpty() ? "" : weighted.get(0).upstream();
        return new DestinationSection(
                one.orElse(first),
                weighted,
                route.readAll(ALTERNATES, Kinds.NOT_BLANK),
                shifts ? Optional.of(shift) : Optional.empty());
    }

    /** Where requests go that were meant to go there. Keys that say otherwise have no say. */
    static DestinationSection original(ConfigReader route) {
        List.of(UPSTREAM, WEIGHTED, ALTERNATES, SHIFT).forEach(route::isSet);
        return new DestinationSection(OriginalConfig.NAME, List.of(), List.of(), Optional.empty());
    }

    private static ShiftConfig shift(ConfigReader shift, boolean isOn) {
        ConfigReader abortWhen = shift.section("abort-when");
        ShiftConfig config = new ShiftConfig(
                end(shift, FROM, isOn),
                end(shift, TO, isOn),
                shift.readAll(STEPS, Kinds.SHARE_ABOVE_ZERO),
                shift.read("every", Kinds.TIMEOUT),
                new AbortWhenConfig(abortWhen.read("error-rate", Kinds.SHARE), abortWhen.read("p99", Kinds.TIMEOUT)),
                shift.read("min-calls", CALLS));
        abortWhen.finish();
        shift.finish();
        return config;
    }

    private static String end(ConfigReader shift, String key, boolean isOn) {
        Optional<String> name = shift.readIfSet(key, Kinds.NOT_BLANK);
        if (isOn && name.isEmpty()) {
            shift.demand(key, "an upstream");
        }
        return name.orElse("");
    }

    private static List<WeightedConfig> weighted(ConfigReader route) {
        List<WeightedConfig> weighted = new ArrayList<>();
        for (ConfigReader part : route.elements(WEIGHTED)) {
            weighted.add(new WeightedConfig(part.read(UPSTREAM, Kinds.NOT_BLANK), part.read("weight", WEIGHT)));
            part.finish();
        }
        return weighted;
    }

    static void render(RouteConfig route, Map<String, Object> into) {
        if (route.shift().isPresent()) {
            into.put(SHIFT, render(route.shift().get()));
        } else if (route.weighted().isEmpty()) {
            into.put(UPSTREAM, route.upstream());
        } else {
            into.put(
                    WEIGHTED,
                    route.weighted().stream()
                            .map(part -> Map.of(UPSTREAM, part.upstream(), "weight", part.weight()))
                            .toList());
        }
        into.put(ALTERNATES, route.alternates());
    }

    private static Map<String, Object> render(ShiftConfig shift) {
        return Map.of(
                FROM,
                shift.from(),
                TO,
                shift.to(),
                STEPS,
                shift.steps().stream().map(Shares::format).toList(),
                "every",
                Durations.format(shift.every()),
                "abort-when",
                Map.of(
                        "error-rate", Shares.format(shift.abortWhen().errorRate()),
                        "p99", Durations.format(shift.abortWhen().p99())),
                "min-calls",
                shift.minCalls());
    }
}
