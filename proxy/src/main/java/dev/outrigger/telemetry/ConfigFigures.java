package dev.outrigger.telemetry;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How the configuration fares, as far as metrics tell.
 *
 * @param reloadsByResult reloads since the start by what came of them: {@code success}, {@code unchanged}, {@code failure};
 *     all three of them from the start. The first load is none
 * @param hash48 the first 48 bits of the hash of the configuration in force, which a sample holds exactly
 * @param lastSuccess when a configuration was last taken up, or found to be in force already; empty before the first
 * @param refused whether the last reload was refused: what is in force is not what a start would find
 */
public record ConfigFigures(
        Map<String, Long> reloadsByResult, long hash48, Optional<Instant> lastSuccess, boolean refused) {
    public ConfigFigures {
        reloadsByResult = Map.copyOf(reloadsByResult);
    }
}
