package dev.outrigger.admin;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What came of one reload.
 *
 * @param trigger who asked for it: {@code file}, {@code signal} or {@code admin}
 * @param at when it ended
 * @param problems what was wrong, one line each; empty unless it failed
 * @param changes what is different now, one line each; empty unless it succeeded
 * @param needsRestart paths among the changes that take effect with the next start of the process only
 */
public record ReloadResult(
        String trigger,
        Result result,
        Instant at,
        List<String> problems,
        List<String> changes,
        List<String> needsRestart) {
    public ReloadResult {
        problems = List.copyOf(problems);
        changes = List.copyOf(changes);
        needsRestart = List.copyOf(needsRestart);
    }

    /** How a reload can end. */
    public enum Result {
        /** The configuration read is in force. */
        SUCCESS,
        /** It was in force already. */
        UNCHANGED,
        /** It has problems, or could not be taken up: what was in force still is. */
        FAILURE;

        /** As metrics and answers have it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
