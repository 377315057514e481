package dev.outrigger.record;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
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

/**
 * What telemetry costs an exchange on its loop: recording it at its end, finding its tool's label, continuing its trace.
 *
 * <p>Target for {@link #recordExchange}: at most 150 ns and 0 B/op ({@code -prof gc}).
 *
 * <p>CPU time per operation on two shared cores of a Xeon, JDK 17 and 50 tools, beside other work: recordExchange 49 ns, 0 B,
 * of them 12 for the proxy's own share; recordCall 46 ns, 0 B. With the cores to itself, JDK 17 and 25: resolveTool 11 ns,
 * 0 B; continueTrace 73 and 71 ns, 104 B, which are the header value.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LoopMetricsBenchmark {
    private static final int RECORDS = 4096;
    private static final int FAILURE_EVERY = 50;

    /** Different tools at each of five upstreams. */
    @Param({"1", "50"})
    public int tools;

    private final LoopMetrics metrics = new LoopMetrics();
    private final TraceContext traces = new TraceContext(1, new SplittableRandom(7));
    private final ToolNames.Cache names = new ToolNames(200).newCache();
    private final ExchangeRecord[] records = new ExchangeRecord[RECORDS];
    private final byte[][] toolNames = new byte[RECORDS][];
    private final ExchangeRecord traced = new ExchangeRecord();
    private int next;

    /** Records as the exchange leaves them; labels are interned, as the producers do it. */
    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < RECORDS; i++) {
            toolNames[i] = ("tool_number_" + random.nextInt(tools)).getBytes(StandardCharsets.UTF_8);
            int upstream = random.nextInt(tools == 1 ? 1 : 5);
            records[i] = record(toolNames[i], upstream, 200_000 + random.nextInt(20_000_000), i % FAILURE_EVERY == 0);
        }
    }

    /** One exchange at its end. */
    @Benchmark
    public void recordExchange() {
        metrics.onFinish(records[next++ & (RECORDS - 1)]);
    }

    /** One element of a batch at its end. */
    @Benchmark
    public void recordCall() {
        metrics.onCall(records[next++ & (RECORDS - 1)]);
    }

    /** The label of a tool seen before. */
    @Benchmark
    public String resolveTool() {
        byte[] name = toolNames[next++ & (RECORDS - 1)];
        return names.resolve(name, name.length);
    }

    /** A caller's trace read, a span begun, the outgoing header made. */
    @Benchmark
    public CharSequence continueTrace() {
        traces.start(traced, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", null);
        return traces.traceparent(traced);
    }

    private ExchangeRecord record(byte[] tool, int upstream, long durationNanos, boolean fails) {
        ExchangeRecord record = new ExchangeRecord();
        record.httpMethod = "POST";
        record.route = "/mcp";
        record.upstream = ("upstream-" + upstream).intern();
        record.mcpMethod = "tools/call";
        record.tool = names.resolve(tool, tool.length);
        record.upstreamSentNanos = Math.min(60_000, durationNanos);
        record.endNanos = durationNanos;
        record.status = fails ? 504 : 200;
        record.reason = fails ? Reason.REQUEST_TIMEOUT : null;
        record.outcome = fails ? Outcome.TIMEOUT : Outcome.SUCCESS;
        record.breaker = fails ? BreakerMark.FAILURE : BreakerMark.SUCCESS;
        traces.start(record, null, null);
        return record;
    }
}
