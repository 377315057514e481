package dev.outrigger.transport;

import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import java.time.Duration;

/** Rules that tests change one thing of. */
final class Rules {
    static final Duration SLOW_GRACE = Duration.ofSeconds(10);

    /** Paths normalised and slashes merged, underscores let through, slow clients put up with. */
    static final HttpRulesConfig STRICT = of(EscapedSlashes.KEEP, Underscores.ALLOW, 16, 0);

    private Rules() {}

    static HttpRulesConfig of(
            EscapedSlashes slashes, Underscores underscores, int maxPipelined, long minBodyRateBytes) {
        return new HttpRulesConfig(
                true, true, slashes, underscores, maxPipelined, minBodyRateBytes, SLOW_GRACE, false, 0);
    }
}
