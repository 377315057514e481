package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import dev.outrigger.config.model.RouteConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks across the fields of keys to come, see {@link NotYet}. There are no records of them, so it looks at the settings
 * that were accepted; what was refused already is not complained about again.
 */
final class ToComeValidator {
    private final Findings findings;

    ToComeValidator(Findings findings) {
        this.findings = findings;
    }

    /** @param path where the upstream is in effect */
    void upstream(String path) {
        onlyOne(path, "endpoints", "dns", "stdio");
    }

    /**
     * @param path where the route is in effect
     * @param upstreams the names of all upstreams
     */
    void route(String path, RouteConfig route, List<String> upstreams) {
        onlyOne(path, "upstream", "weighted", "shift");
        weighted(path + ".weighted", upstreams);
        alternates(path + ".alternates", route.upstream(), upstreams);
        queue(path + ".concurrency-limit");
        burst(path + ".rate-limit");
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

    private void weighted(String path, List<String> upstreams) {
        Setting setting = findings.accepted(path);
        if (setting == null || !(setting.value() instanceof ConfigList list)) {
            return;
        }
        Map<String, String> seen = new HashMap<>();
        boolean addsUp = false;
        for (int i = 0; i < list.size(); i++) {
            String entry = path + '[' + i + ']';
            upstreamOnce(entry + ".upstream", seen, upstreams);
            Setting weight = findings.accepted(entry + ".weight");
            addsUp |= weight == null || !"0".equals(ValueText.ofScalar(weight.value()));
        }
        if (!addsUp) {
            findings.problem(
                    setting.place(), setting.path(), "weights that add up to 0", "at least one weight above 0");
        }
    }

    private void alternates(String path, String own, List<String> upstreams) {
        Setting setting = findings.accepted(path);
        if (setting == null || !(setting.value() instanceof ConfigList list)) {
            return;
        }
        Map<String, String> seen = new HashMap<>();
        for (int i = 0; i < list.size(); i++) {
            Setting alternate = findings.accepted(path + '[' + i + ']');
            if (alternate != null && own.equals(ValueText.ofScalar(alternate.value()))) {
                findings.refuse(alternate, "another upstream than the route's own");
            } else {
                upstreamOnce(path + '[' + i + ']', seen, upstreams);
            }
        }
    }

    private void upstreamOnce(String path, Map<String, String> seen, List<String> upstreams) {
        Setting setting = findings.accepted(path);
        String name = setting == null ? null : ValueText.ofScalar(setting.value());
        if (setting == null || name == null) {
            return;
        }
        String earlier = seen.putIfAbsent(name, path);
        if (earlier != null) {
            findings.refuse(setting, "each upstream once (" + earlier + " has it)");
        } else if (!upstreams.isEmpty() && !upstreams.contains(name)) {
            findings.refuse(setting, "an upstream: " + String.join(", ", upstreams), Nearest.to(name, upstreams));
        }
    }

    private void queue(String path) {
        Setting queue = findings.accepted(path + ".queue");
        Setting timeout = findings.accepted(path + ".queue-timeout");
        boolean isQueue = queue != null && !"0".equals(ValueText.ofScalar(queue.value()));
        if (queue != null && isQueue && timeout == null) {
            findings.refuse(queue, "a queue-timeout beside it");
        } else if (timeout != null && !isQueue) {
            findings.refuse(timeout, "a queue beside it");
        }
    }

    private void burst(String path) {
        Setting burst = findings.accepted(path + ".burst");
        Setting algorithm = findings.accepted(path + ".algorithm");
        if (burst != null && algorithm != null && "sliding-window".equals(ValueText.ofScalar(algorithm.value()))) {
            findings.refuse(burst, "none, as a sliding window has no burst");
        }
    }

    private static @Nullable Duration duration(@Nullable Setting setting) {
        String text = setting == null ? null : ValueText.ofScalar(setting.value());
        return text == null ? null : Durations.parse(text);
    }
}
