package dev.outrigger.exchange;

import dev.outrigger.cache.ResponseStore;
import dev.outrigger.cache.StoredAnswer;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.mcp.McpScanner;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.route.CachePolicy;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.CompiledConfig;
import dev.outrigger.runtime.Snapshot;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * What a request pays that asks the cache of its route and finds nothing: whether it is one to ask for, both its keys, and both
 * look-ups. Run with {@code -prof gc}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class QuestionBenchmark {
    private static final byte[] MESSAGE =
            ("{\"jsonrpc\":\"2.0\",\"id\":17,\"method\":\"tools/call\",\"params\":{\"name\":\"get_weather\",\"arguments\":"
                            + "{\"city\":\"Bern\",\"days\":5,\"units\":\"metric\"},\"_meta\":{\"progressToken\":3}}}")
                    .getBytes(StandardCharsets.UTF_8);

    private final HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/mcp");
    private final ExchangeRecord record = new ExchangeRecord();
    private final McpScanner scanner = new McpScanner();
    private final QuestionKeys keys = new QuestionKeys();
    private CachePolicy policy;
    private ResponseStore store;

    @Setup
    public void question() {
        Snapshot snapshot = CompiledConfig.of("upstreams.app.endpoints = [\"127.0.0.1:1\"], "
                + "routes = [{ upstream = app, cache { ttl = 5m, tools = [\"get_*\"] } }]");
        Route route = snapshot.routes().routes().get(0);
        policy = route.cache();
        store = snapshot.store(route);
        head.headers()
                .set("Host", "mcp.example")
                .set("Content-Type", "application/json")
                .set("Accept", "application/json, text/event-stream")
                .set("Authorization", "Bearer 6f1a2f6e-7f6b-4f0e-9b0a-0d6a5b2c1e3f")
                .set(HeaderNames.MCP_SESSION_ID, "0d6a5b2c-1e3f-4f0e-9b0a-6f1a2f6e7f6b");
        record.mcpProtocolVersion = "2025-11-25";
        scanner.feed(Unpooled.wrappedBuffer(MESSAGE));
        scanner.end();
        if (CacheQuestion.ttlNanos(policy, head, record, scanner.facts()) == 0) {
            throw new IllegalStateException("nothing of the kind is kept");
        }
    }

    @Benchmark
    public @Nullable StoredAnswer ask() {
        if (CacheQuestion.ttlNanos(policy, head, record, scanner.facts()) == 0) {
            return null;
        }
        keys.read(policy, head, record, scanner.facts(), MESSAGE);
        return keys.find(store, System.nanoTime());
    }
}
