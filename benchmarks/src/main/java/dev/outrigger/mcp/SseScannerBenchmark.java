package dev.outrigger.mcp;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reading one event that comes in one read, from its first byte to its blank line: the cost that an event stream adds for
 * each event that passes. Run with {@code -prof gc}, and on JDK 24 or newer with
 * {@code -jvmArgsPrepend --sun-misc-unsafe-memory-access=allow}, see {@link McpScannerBenchmark}.
 *
 * <p>Last result, 2026-11-21: JDK 17.0.15 on 2 virtual cores (Intel Xeon, 2.6 GHz) with a load of 7 to 11 from other
 * builds: lowest and highest mean of a fork. What it costs is in the lower one; most of that is the JSON, see
 * {@link McpScannerBenchmark}.
 *
 * <pre>
 *              heap              direct
 * PROGRESS     560 to 1040 ns    420 to 720 ns
 * RESULT       350 to 370 ns     400 to 650 ns
 * RESULT_64K   5.1 GB/s          4.7 GB/s
 * COMMENT       14 ns             21 ns
 * </pre>
 *
 * <p>gc.alloc.rate.norm is below 0.02 B/op for an event of 200 bytes and 0.3 B/op for one of 64 KiB: it is JMH's own
 * per-iteration garbage. Counted by thread, 2,000 events allocate nothing; a test holds that.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class SseScannerBenchmark {
    private static final int LARGE_TEXT_LENGTH = 65_536;

    /** What the event is. */
    public enum Event {
        /** A notification of 200 bytes, as the TypeScript SDK writes it. */
        PROGRESS("event: message\ndata: {\"method\":\"notifications/progress\",\"params\":{\"progress\":3,\"total\":10,"
                + "\"message\":\"three of ten steps of a task that takes its time\",\"progressToken\":7},"
                + "\"jsonrpc\":\"2.0\"}\n\n"),
        /** An answer of 200 bytes, with an id to resume behind. */
        RESULT("id: 4711-12_1732190000000_k3j9x\nevent: message\ndata: {\"result\":{\"content\":[{\"type\":\"text\","
                + "\"text\":\"Echo: hello world, this is a message\"}]},\"jsonrpc\":\"2.0\",\"id\":12345}\n\n"),
        /** An answer of one long text. */
        RESULT_64K("event: message\ndata: {\"result\":{\"content\":[{\"type\":\"text\",\"text\":\""
                + "abcdefgh".repeat(LARGE_TEXT_LENGTH / 8) + "\"}]},\"jsonrpc\":\"2.0\",\"id\":12345}\n\n"),
        /** What keeps a connection alive. */
        COMMENT(": keep-alive\n\n");

        private final String text;

        Event(String text) {
            this.text = text;
        }
    }

    @Param
    Event event;

    @Param
    McpScannerBenchmark.Memory memory;

    private SseScanner scanner;
    private long messages;
    private ByteBuf owner;
    private ByteBuf content;

    @Setup
    public void fill() {
        byte[] text = event.text.getBytes(StandardCharsets.UTF_8);
        ByteBufAllocator alloc = new AdaptiveByteBufAllocator();
        owner = memory == McpScannerBenchmark.Memory.HEAP
                ? alloc.heapBuffer(text.length + 64)
                : alloc.directBuffer(text.length + 64);
        owner.writeZero(32).writeBytes(text);
        content = owner.slice(32, text.length);
        scanner = new SseScanner(new McpScanners(), new SseScanner.Sink() {
            @Override
            public void onMessage(McpFacts message) {
                messages++;
            }

            @Override
            public void onEndpoint(String uri) {}
        });
    }

    @TearDown
    public void release() {
        owner.release();
    }

    @Benchmark
    public long scan() {
        scanner.feed(content);
        return messages;
    }
}
