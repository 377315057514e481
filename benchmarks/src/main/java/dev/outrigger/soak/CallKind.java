package dev.outrigger.soak;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What clients ask for, how often, and until when the head of an answer is due by the configuration. */
enum CallKind {
    FAST("echo", 40, 5_000),
    SLOW("slow_echo", 10, 1_000),
    STREAMED("stream_echo", 15, 5_000),
    LARGE("large_echo", 3, 5_000),
    CACHED("get_time", 12, 5_000),
    LIMITED("limited", 4, 5_000),
    LIST("", 12, 5_000),
    INITIALIZE("", 0, 5_000),
    INITIALIZED("", 0, 5_000),
    END_SESSION("", 0, 5_000),
    LISTEN("", 0, 5_000);

    /** What a client chooses from between the beginning and the end of a session. */
    static final List<CallKind> MIXED = List.of(FAST, SLOW, STREAMED, LARGE, CACHED, LIMITED, LIST);

    private final String tool;
    private final int weight;
    private final long deadlineNanos;

    CallKind(String tool, int weight, long deadlineMillis) {
        this.tool = tool;
        this.weight = weight;
        this.deadlineNanos = TimeUnit.MILLISECONDS.toNanos(deadlineMillis);
    }

    /** @param point 0 to 1, at random */
    static CallKind at(double point) {
        int sum = MIXED.stream().mapToInt(kind -> kind.weight).sum();
        double left = point * sum;
        for (CallKind kind : MIXED) {
            left -= kind.weight;
            if (left < 0) {
                return kind;
            }
        }
        return FAST;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Empty if it is no call of a tool. */
    String tool() {
        return tool;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Whether the answer repeats what only this call said, so that answers cannot be mistaken for each other. */
    boolean isEchoed() {
        return tool.endsWith("echo") || this == LIMITED;
    }
}
