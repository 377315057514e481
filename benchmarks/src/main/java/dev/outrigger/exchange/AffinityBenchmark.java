package dev.outrigger.exchange;

import dev.outrigger.http.HeaderNames;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.IdlePools;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one request pays for going where it belongs, of three endpoints: with nothing that binds it, in a session that is known,
 * by a header or the client's address. Run with {@code -prof gc}. An {@link Affinity} is part of every exchange, whatever binds
 * it; the key of a header is one object more.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class AffinityBenchmark {
    /** What keeps requests together. */
    @Param({"none", "mcp-session", "header", "client-ip"})
    public String affinity;

    private final SplittableRandom random = new SplittableRandom(1);
    private final HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/mcp");
    private IdlePools idle;
    private Upstream upstream;
    private UpstreamPools pools;

    @Setup
    public void pools() {
        idle = new IdlePools("affinity.header = X-User, session-affinity = " + affinity);
        upstream = idle.upstream();
        pools = idle.pools();
        head.headers().set("Host", "mcp.example").set("Content-Type", "application/json");
        head.headers().set("X-User", "user-17");
        if (affinity.equals("mcp-session")) {
            String id = "6f1a2f6e-7f6b-4f0e-9b0a-0d6a5b2c1e3f";
            head.headers().set(HeaderNames.MCP_SESSION_ID, id);
            upstream.sessions().bind(id, upstream.endpoints().get(1));
        }
    }

    @TearDown
    public void stop() {
        idle.close();
    }

    @Benchmark
    public @Nullable EndpointPool choose() {
        AffinityKey key = AffinityKey.of(upstream.config(), head, "10.1.2.3", random);
        return new Affinity(upstream, head, null, key).choose(pools, null, false);
    }
}
