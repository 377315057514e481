package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.ShiftConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks where a route's requests go, across its keys and against the upstreams that there are. */
final class DestinationValidator {
    private final Findings findings;
    private final List<String> upstreams;

    /** @param upstreams the names of all; empty if they are not known */
    DestinationValidator(Findings findings, List<String> upstreams) {
        this.findings = findings;
        this.upstreams = upstreams;
    }

    /** @param path where the route is in effect */
    void route(String path, RouteConfig route) {
        one(path + '.' + DestinationSection.UPSTREAM, route.upstream());
        String shift = path + '.' + DestinationSection.SHIFT;
        onlyOne(path, DestinationSection.UPSTREAM, DestinationSection.WEIGHTED);
        route.shift().ifPresent(moves -> shift(path, shift, moves));
        weighted(path + '.' + DestinationSection.WEIGHTED);
        alternates(path + '.' + DestinationSection.ALTERNATES, route);
    }

    private void shift(String path, String shift, ShiftConfig moves) {
        for (String key : List.of(DestinationSection.UPSTREAM, DestinationSection.WEIGHTED)) {
            Setting other = findings.accepted(path + '.' + key);
            if (other != null) {
                findings.refuse(other, "none beside " + shift);
            }
        }
        one(shift + '.' + DestinationSection.FROM, moves.from());
        one(shift + '.' + DestinationSection.TO, moves.to());
        Setting to = findings.accepted(shift + '.' + DestinationSection.TO);
        if (to != null && moves.from().equals(moves.to())) {
            findings.refuse(to, "another upstream than " + shift + '.' + DestinationSection.FROM + " has");
        }
        Setting steps = findings.accepted(shift + '.' + DestinationSection.STEPS);
        if (steps != null && !leadsToAll(moves.steps())) {
            findings.refuse(steps, "shares that grow up to 100% such as [10%, 50%, 100%]");
        }
    }

    private static boolean leadsToAll(List<Double> steps) {
        double before = 0;
        for (double step : steps) {
            if (step <= before) {
                return false;
            }
            before = step;
        }
        return before == 1;
    }

    private void one(String path, String name) {
        Setting setting = findings.accepted(path);
        if (setting != null) {
            exists(setting, name);
        }
    }

    private void exists(Setting setting, String name) {
        if (!upstreams.isEmpty() && !upstreams.contains(name)) {
            findings.refuse(setting, "an upstream: " + String.join(", ", upstreams), Nearest.to(name, upstreams));
        }
    }

    private void onlyOne(String path, String... keys) {
        Setting second = null;
        int set = 0;
        for (String key : keys) {
            Setting setting = findings.accepted(path + '.' + key);
            second = setting == null ? second : setting;
            set += setting == null ? 0 : 1;
        }
        if (second != null && set > 1) {
            findings.refuse(second, "only one of " + String.join(", ", keys));
        }
    }

    private void weighted(String path) {
        Setting setting = findings.accepted(path);
        if (setting == null || !(setting.value() instanceof ConfigList list)) {
            return;
        }
        Map<String, String> seen = new HashMap<>();
        boolean addsUp = false;
        if (list.isEmpty()) {
            findings.refuse(setting, "a list of at least one entry");
            return;
        }
        for (int i = 0; i < list.size(); i++) {
            String entry = path + '[' + i + ']';
            upstreamOnce(entry + ".upstream", seen);
            Setting weight = findings.accepted(entry + ".weight");
            addsUp |= weight == null || !"0".equals(ValueText.ofScalar(weight.value()));
        }
        if (!addsUp) {
            findings.problem(
                    setting.place(), setting.path(), "weights that add up to 0", "at least one weight above 0");
        }
    }

    private void alternates(String path, RouteConfig route) {
        Setting setting = findings.accepted(path);
        if (setting == null || !(setting.value() instanceof ConfigList list)) {
            return;
        }
        Map<String, String> seen = new HashMap<>();
        for (int i = 0; i < list.size(); i++) {
            Setting alternate = findings.accepted(path + '[' + i + ']');
            if (alternate != null && isOwn(route, alternate)) {
                findings.refuse(alternate, "another upstream than the route's own");
            } else {
                upstreamOnce(path + '[' + i + ']', seen);
            }
        }
    }

    private void upstreamOnce(String path, Map<String, String> seen) {
        Setting setting = findings.accepted(path);
        String name = setting == null ? null : ValueText.ofScalar(setting.value());
        if (setting == null || name == null) {
            return;
        }
        String earlier = seen.putIfAbsent(name, path);
        if (earlier != null) {
            findings.refuse(setting, "each upstream once (" + earlier + " has it)");
        } else {
            exists(setting, name);
        }
    }

    /** Of several that share the requests, one may stand in for another. */
    private static boolean isOwn(RouteConfig route, Setting alternate) {
        return route.weighted().isEmpty()
                && route.shift().isEmpty()
                && route.upstream().equals(ValueText.ofScalar(alternate.value()));
    }
}
