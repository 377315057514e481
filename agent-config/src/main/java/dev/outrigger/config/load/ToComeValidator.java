package dev.outrigger.config.load;

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

    /** @param path where the route is in effect */
    void route(String path) {
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
}
