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
 * by a header, a cookie or the client's address. Run with {@code -prof gc}. An {@link Affinity} is part of every exchange,
 * whatever binds it; this is what it decides.
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
    @Param({"none", "mcp-session", "header", "cookie", "client-ip"})
    public String affinity;

    private final SplittableRandom random = new SplittableRandom(1);
    private final HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/mcp");
    private IdlePools idle;
    private Upstream upstream;
    private UpstreamPools pools;
    private Affinity kept;

    @Setup
    public void pools() {
        idle = new IdlePools("affinity { header = X-User, cookie.name = stay }, session-affinity = " + affinity);
        upstream = idle.upstream();
        pools = idle.pools();
        head.headers().set("Host", "mcp.example").set("Content-Type", "application/json");
        head.headers().set("X-User", "user-17").set("Cookie", "theme=dark; stay=6f1a2f6e7f6b4f0e");
        kept = new Affinity(upstream, head, null);
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
        return kept.choose(pools, null, false, "10.1.2.3", random);
    }
}
