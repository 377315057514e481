package dev.outrigger.config.load;

import dev.outrigger.config.model.HedgeConfig;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys of hedging. It is on where the block is written, were it empty. */
final class HedgeSection {
    static final String KEY = "hedge";
    static final String AFTER = "after";
    static final String OBSERVED = "p95";

    private static final ValueKind<HedgeConfig> DELAY = ValueKind.ofText(
            OBSERVED + ", or " + Kinds.TIMEOUT.expected(), new HedgeConfig(Optional.empty()), HedgeSection::parse);

    private HedgeSection() {}

    private static @Nullable HedgeConfig parse(String text) {
        if (text.equals(OBSERVED)) {
            return new HedgeConfig(Optional.empty());
        }
        Duration after = Kinds.accepts(Kinds.TIMEOUT, text) ? Durations.parse(text) : null;
        return after == null ? null : new HedgeConfig(Optional.of(after));
    }

    static Optional<HedgeConfig> read(ConfigReader route) {
        boolean isOn = route.isWritten(KEY);
        ConfigReader reader = route.section(KEY);
        HedgeConfig hedge = reader.read(AFTER, DELAY);
        reader.finish();
        return isOn ? Optional.of(hedge) : Optional.empty();
    }
}
