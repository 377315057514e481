package dev.outrigger.resilience;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What a request pays for the budget of retries, and what a retry does. Run with {@code -prof gc}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class RetryBudgetBenchmark {
    private RetryBudget budget;
    private RetryBudget spent;
    private final LatencyTable latencies = new LatencyTable();
    private long nanos;

    @Setup
    public void budgets() {
        budget = new RetryBudget(0);
        spent = new RetryBudget(0);
        while (spent.tryRetry(0.2, 1)) {
            continue;
        }
    }

    /** Every request. */
    @Benchmark
    public void request() {
        budget.onRequest(1);
    }

    @Benchmark
    @Threads(2)
    public void requestByTwoLoops() {
        budget.onRequest(1);
    }

    /** With everything down, nearly every request. */
    @Benchmark
    public boolean refusedRetry() {
        return spent.tryRetry(0.2, 1);
    }

    /** Every request of a route with hedging by what is usual. */
    @Benchmark
    public long hedgeObserved() {
        nanos = nanos * 6364136223846793005L + 1442695040888963407L;
        LatencyQuantile latency = latencies.of("route-1", "get_weather");
        latency.record(nanos >>> 40);
        return latency.nanos();
    }
}
