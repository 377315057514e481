package dev.outrigger.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What came of one fault in one cell: a line of the table, and what must not be. */
final class FaultRow {
    static final String HEAD = """
            | fault | route to | answer | exchanges | under fault | failed | rate | how | failed once it was out | longest wait, ms | recovered after, ms |
            |---|---|---|---|---|---|---|---|---|---|---|
            """;

    private final FaultCell cell;
    private final FaultTimes times;
    private final List<FaultSample> samples;
    private final FaultCounts counted;

    /** @param counted of this fault alone */
    FaultRow(FaultCell cell, FaultTimes times, List<FaultSample> samples, FaultCounts counted) {
        this.cell = cell;
        this.times = times;
        this.samples = samples;
        this.counted = counted;
    }

    private List<FaultSample> failed(Predicate<FaultSample> when) {
        return samples.stream().filter(sample -> !sample.isFine()).filter(when).toList();
    }

    private boolean isUnderFault(FaultSample sample) {
        return sample.endNanos() > times.injectedNanos() && sample.startNanos() < times.healingNanos();
    }

    private boolean isAfterOut(FaultSample sample) {
        return sample.startNanos() > times.outNanos() && sample.startNanos() < times.healingNanos();
    }

    private long recoveryNanos() {
        long healedNanos = times.healedNanos(cell.layout());
        return failed(sample -> sample.endNanos() > healedNanos).stream()
                .mapToLong(sample -> sample.endNanos() - healedNanos)
                .max()
                .orElse(0);
    }

    String line() {
        List<FaultSample> failed = failed(this::isUnderFault);
        long under = samples.stream().filter(this::isUnderFault).count();
        long longestNanos =
                samples.stream().mapToLong(FaultSample::waitNanos).max().orElse(0);
        Map<String, Long> how = failed.stream()
                .collect(Collectors.groupingBy(FaultSample::trouble, TreeMap::new, Collectors.counting()));
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %d | %d | %d | %.1f %% | %s | %s | %d | %d |%n",
                times.fault().words(),
                cell.layout().label(),
                cell.shape().label(),
                samples.size(),
                under,
                failed.size(),
                100.0 * failed.size() / Math.max(1, under),
                how.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")),
                cell.layout().hasOthers()
                        ? Integer.toString(failed(this::isAfterOut).size())
                        : "",
                TimeUnit.NANOSECONDS.toMillis(longestNanos),
                TimeUnit.NANOSECONDS.toMillis(recoveryNanos()));
    }

    /** Everything that is not as it has to be, in words. */
    List<String> objections() {
        List<String> objections = new ArrayList<>();
        object(objections, "before the fault", failed(sample -> sample.endNanos() < times.injectedNanos()));
        object(objections, "past its deadline", failed(sample -> sample.trouble()
                .equals(FaultClient.OVERDUE)));
        object(objections, "without any answer", failed(sample -> sample.trouble()
                .equals(FaultClient.NO_ANSWER)));
        if (cell.layout().hasOthers()) {
            object(objections, "with others to ask", failed(this::isAfterOut));
        }
        expect(objections, "exchanges", samples.size(), counted.exchanges());
        if (cell.shape().isCall()) {
            long fine = samples.stream().filter(FaultSample::isFine).count();
            expect(objections, "calls", samples.size(), counted.calls());
            expect(objections, "successes", fine, counted.successes());
            expect(objections, "durations", samples.size(), counted.durations());
        }
        return objections;
    }

    private void object(List<String> objections, String when, List<FaultSample> failed) {
        if (!failed.isEmpty()) {
            objections.add(where() + failed.size() + " failed " + when + ": " + failed.get(0));
        }
    }

    private void expect(List<String> objections, String what, long seen, long count) {
        if (seen != count) {
            objections.add(where() + what + ": the clients know of " + seen + ", the sidecar of " + count);
        }
    }

    private String where() {
        return times.fault().words() + ", " + cell.name() + ": ";
    }
}
