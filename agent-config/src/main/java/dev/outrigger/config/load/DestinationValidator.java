package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import dev.outrigger.config.model.RouteConfig;
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
        onlyOne(path, DestinationSection.UPSTREAM, DestinationSection.WEIGHTED);
        weighted(path + '.' + DestinationSection.WEIGHTED);
        alternates(path + '.' + DestinationSection.ALTERNATES, route);
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
        return route.weighted().isEmpty() && route.upstream().equals(ValueText.ofScalar(alternate.value()));
    }
}
