package dev.outrigger.route;

import dev.outrigger.runtime.CompiledConfig;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What one call pays for what its route has for its tool: whether it is allowed, its own time, limits and breaker. Run with
 * {@code -prof gc}: none of it may allocate.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class ToolPolicyBenchmark {
    private static final String ROUTE =
            "upstreams.app.endpoints = [\"127.0.0.1:1\"], routes = [{ upstream = app, tools {";

    private static final String NAMES = "get_weather { allow = true }, delete_weather { allow = false }";
    private static final String PATTERNS = "\"delete_*\" { allow = false }, \"slow_*\" { timeout = 120s },"
            + " \"admin_*\" { allow = false }, \"*_weather\" { allow = true }, \"*\" { allow = false }";

    private final byte[] name = "get_weather".getBytes(StandardCharsets.UTF_8);

    /** Whether the route has nothing for tools, knows them by their names, or by patterns. */
    @Param({"none", "names", "patterns"})
    public String tools;

    private ToolPolicies policies;

    @Setup
    public void route() {
        String written =
                switch (tools) {
                    case "names" -> NAMES;
                    case "patterns" -> PATTERNS;
                    default -> "";
                };
        policies = CompiledConfig.of(ROUTE + written + "} }]")
                .routes()
                .routes()
                .get(0)
                .tools();
    }

    /** As each call asks, in this order. */
    @Benchmark
    public boolean ask(Blackhole nowhere) {
        if (policies.isEmpty()) {
            return true;
        }
        nowhere.consume(policies.find(name, name.length));
        if (policies.limitsAny()) {
            nowhere.consume(policies.rateLimiter(name, name.length));
            nowhere.consume(policies.concurrencyLimiter(name, name.length));
        }
        nowhere.consume(policies.breaker(name, name.length));
        return policies.allows(name, name.length);
    }
}
