package dev.outrigger.config.readiness;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** @param items in the order of the checklist, at least one */
public record ReadinessReport(List<ReadinessItem> items) {
    private static final int BEST_SCORE = 100;

    public ReadinessReport {
        items = List.copyOf(items);
    }

    /** Share of the items that are good, a warning counting half, from 0 to 100. All items weigh the same: nobody could say why not. */
    public int score() {
        long halves = 2 * count(Grade.PASS) + count(Grade.WARN);
        return Math.toIntExact(BEST_SCORE * halves / (2L * items.size()));
    }

    public long count(Grade grade) {
        return items.stream().filter(item -> item.grade() == grade).count();
    }

    /** Whether nothing failed. */
    public boolean isReady() {
        return count(Grade.FAIL) == 0;
    }

    /** One line per item, then the score. */
    @Override
    public String toString() {
        String score = String.format(
                Locale.ROOT,
                "score %d/%d: %d passed, %d %s, %d failed",
                score(),
                BEST_SCORE,
                count(Grade.PASS),
                count(Grade.WARN),
                count(Grade.WARN) == 1 ? "warning" : "warnings",
                count(Grade.FAIL));
        return items.stream().map(item -> item + "\n").collect(Collectors.joining()) + score;
    }
}
