package dev.outrigger.upstream;

import dev.outrigger.resilience.PeakLatency;
import dev.outrigger.runtime.CompiledConfig;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one attempt pays for telling how its endpoint did, of three: the balancer its latency, the ejection its outcome. Run with {@code -prof gc}: none of it may allocate.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class EjectionBenchmark {
    private static final String UPSTREAM =
            "routes = [{ upstream = app }], upstreams.app { endpoints = [\"127.0.0.1:1\", \"127.0.0.1:2\", \"127.0.0.1:3\"]";

    private Upstream on;
    private Upstream off;
    private Endpoint endpoint;
    private Endpoint unwatched;
    private final PeakLatency latency = new PeakLatency();
    private long nanos;

    @Setup
    public void upstreams() {
        on = of("");
        off = of(", ejection.consecutive-failures = 0");
        endpoint = on.endpoints().get(0);
        unwatched = off.endpoints().get(0);
    }

    private static Upstream of(String more) {
        return CompiledConfig.of(UPSTREAM + more + " }").upstreams().get(0);
    }

    @Benchmark
    public boolean success() {
        latency.onAnswer(1_000_000, ++nanos);
        on.onSuccess(endpoint, nanos);
        return endpoint.isWorking();
    }

    @Benchmark
    public boolean successUnwatched() {
        latency.onAnswer(1_000_000, ++nanos);
        off.onSuccess(unwatched, nanos);
        return unwatched.isWorking();
    }

    /** Every other attempt fails, and the breaker asks whether the others work. */
    @Benchmark
    public boolean failThenSucceed() {
        on.onFailure(endpoint, ++nanos);
        boolean all = on.failsWith(endpoint);
        on.onSuccess(endpoint, nanos);
        return all;
    }
}
