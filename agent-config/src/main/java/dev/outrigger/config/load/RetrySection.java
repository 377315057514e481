package dev.outrigger.config.load;

import dev.outrigger.config.model.RetryConfig;
import java.util.Optional;

/** The keys of retries. They are on where the block is written, were it empty. */
final class RetrySection {
    static final String KEY = "retry";
    static final String PER_TRY_TIMEOUT = "per-try-timeout";

    private static final ValueKind<Integer> ATTEMPTS = Kinds.count(1, 10);
    private static final ValueKind<Integer> STATUS = Kinds.count(400, 599);
    private static final ValueKind<Long> BODY_BYTES = Kinds.size(0, 16 << 20);

    private RetrySection() {}

    static Optional<RetryConfig> read(ConfigReader route) {
        boolean isOn = route.isWritten(KEY);
        ConfigReader reader = route.section(KEY);
        ConfigReader backoff = reader.section("backoff");
        RetryConfig retry = new RetryConfig(
                reader.read("attempts", ATTEMPTS),
                reader.readIfSet(PER_TRY_TIMEOUT, Kinds.TIMEOUT),
                reader.read("budget", Kinds.SHARE_ABOVE_ZERO),
                backoff.read("base", Kinds.TIMEOUT),
                backoff.read("max", Kinds.TIMEOUT),
                reader.readAll("tools", Kinds.TOOL_PATTERN),
                reader.readAll("statuses", STATUS),
                reader.read("trust-tool-annotations", Kinds.SWITCH),
                reader.read("max-body", BODY_BYTES));
        backoff.finish();
        reader.finish();
        return isOn ? Optional.of(retry) : Optional.empty();
    }
}
