package dev.outrigger.mcp;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Random;
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
 * Reading one {@code tools/call}, or its answer, from its first byte to its last. Run with {@code -prof gc}, and on JDK 24 or newer with
 * {@code -jvmArgsPrepend --sun-misc-unsafe-memory-access=allow}, as the launcher does: without Unsafe, Netty allocates 64
 * bytes each time that the scanner's window moves over direct memory.
 *
 * <p>Last result, 2026-11-21: medians of 10 iterations in 2 forks, on 2 virtual cores (Intel Xeon, 2.6 GHz) that other
 * builds were using, so they move by a quarter from run to run. Bytes per nanosecond are GB/s.
 *
 * <pre>
 *              JDK 17.0.15                    JDK 25.0.3
 *              heap           direct          heap           direct
 * CALL         237 ns         249 ns          236 ns         250 ns
 * ANSWER       176 ns         189 ns          168 ns         184 ns
 * STRING_64K   10.4 GB/s      7.1 GB/s        11.5 GB/s      7.1 GB/s
 * STRING_1M     9.7 GB/s      6.6 GB/s        11.0 GB/s      8.2 GB/s
 * CODE_64K      4.4 GB/s      4.1 GB/s         4.1 GB/s      3.8 GB/s
 * CODE_1M       2.3 GB/s      1.9 GB/s         2.1 GB/s      2.0 GB/s
 * ROWS_64K      1.20 GB/s     0.98 GB/s        1.10 GB/s     1.02 GB/s
 * ROWS_1M       0.94 GB/s     0.88 GB/s        0.41 GB/s     0.85 GB/s
 * </pre>
 *
 * <p>CALL and ANSWER are processor time of the thread, the least of 400 rounds, because the machine had no quiet minute: a
 * scanner that skips {@code _meta} instead of reading it takes 222 and 235 ns for the same call in the same way.
 *
 * <p>gc.alloc.rate.norm is 0.004 B/op for a call and grows with the time of one operation (20 B/op at 1.2 ms): it is JMH's
 * own per-iteration garbage. Counted by thread, 2,000 messages allocate nothing; a test holds that.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class McpScannerBenchmark {
    /** What the arguments are. */
    public enum Body {
        /** One short string; 200 bytes in all, keys in the order of the TypeScript SDK. */
        CALL(0),
        /** What comes back: one short text; 170 bytes in all. */
        ANSWER(0),
        /** One string without escapes. */
        STRING_64K(65_536),
        STRING_1M(1_048_576),
        /** One string of lines of code: an escape every 40 characters or so. */
        CODE_64K(65_536),
        CODE_1M(1_048_576),
        /** Rows of short strings, numbers and literals, nested up to 14 deep. */
        ROWS_64K(65_536),
        ROWS_1M(1_048_576);

        private final int sizeBytes;

        Body(int sizeBytes) {
            this.sizeBytes = sizeBytes;
        }

        String json() {
            if (this == ANSWER) {
                return "{\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"hello world, this is a message that is about as long as"
                        + " most of them\"}],\"isError\":false},\"jsonrpc\":\"2.0\",\"id\":12345}";
            }
            StringBuilder out = new StringBuilder(sizeBytes + 512)
                    .append("{\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":");
            Random random = new Random(1);
            switch (this) {
                case CALL, ANSWER ->
                    out.append(
                            "{\"message\":\"hello world, this is a message that is about as long as most of them\"}");
                case STRING_64K, STRING_1M -> string(out, random, sizeBytes);
                case CODE_64K, CODE_1M -> code(out, random, sizeBytes);
                case ROWS_64K, ROWS_1M -> rows(out, random, sizeBytes);
            }
            return out.append(",\"_meta\":{\"progressToken\":7}},\"jsonrpc\":\"2.0\",\"id\":12345}")
                    .toString();
        }

        private static void string(StringBuilder out, Random random, int size) {
            out.append("{\"text\":\"");
            while (out.length() < size) {
                letters(out, random, 1);
            }
            out.append("\"}");
        }

        private static void code(StringBuilder out, Random random, int size) {
            out.append("{\"code\":\"");
            while (out.length() < size) {
                letters(out, random, 20 + random.nextInt(40));
                out.append(random.nextInt(3) == 0 ? "\\\"" : "\\n");
            }
            out.append("\"}");
        }

        private static void rows(StringBuilder out, Random random, int size) {
            out.append("{\"rows\":[");
            row(out, random, 1);
            while (out.length() < size) {
                out.append(',');
                row(out, random, 1);
            }
            out.append("]}");
        }

        private static void row(StringBuilder out, Random random, int depth) {
            out.append("{\"id\":").append(random.nextInt(100_000)).append(",\"title\":\"");
            letters(out, random, 3 + random.nextInt(30));
            out.append("\",\"done\":").append(random.nextBoolean());
            out.append(",\"score\":").append(random.nextDouble());
            out.append(",\"tags\":[\"alpha\",\"beta\"]");
            if (depth < 12 && random.nextInt(3) > 0) {
                out.append(",\"child\":");
                row(out, random, depth + 1);
            }
            out.append('}');
        }

        private static void letters(StringBuilder out, Random random, int count) {
            for (int i = 0; i < count; i++) {
                out.append((char) ('a' + random.nextInt(26)));
            }
        }
    }

    /** Where the body lies. */
    public enum Memory {
        HEAP,
        /** As a socket's codec hands it over: a slice of a pooled direct buffer. */
        DIRECT
    }

    @Param
    Body body;

    @Param
    Memory memory;

    private final McpScanner scanner = new McpScanner();
    private ByteBuf owner;
    private ByteBuf content;

    @Setup
    public void fill() {
        byte[] json = body.json().getBytes(StandardCharsets.UTF_8);
        ByteBufAllocator alloc = new AdaptiveByteBufAllocator();
        owner = memory == Memory.HEAP ? alloc.heapBuffer(json.length + 64) : alloc.directBuffer(json.length + 64);
        owner.writeZero(32).writeBytes(json);
        content = owner.slice(32, json.length);
    }

    @TearDown
    public void release() {
        owner.release();
    }

    @Benchmark
    public McpFacts.Kind scan() {
        scanner.reset();
        scanner.feed(content);
        scanner.end();
        return scanner.facts().kind();
    }
}
