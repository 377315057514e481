package dev.outrigger.telemetry;

import dev.outrigger.config.model.LogLevel;
import dev.outrigger.json.JsonWriter;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * The application log: JSON lines, written by the thread {@code outrigger-log}, so that a loop which logs does not wait for
 * the output.
 *
 * <p>The message is put together by the caller, because its parameters may change afterwards; the rest is the writer's. When
 * the process ends in order, the log manager closes the handler, which writes what waits.
 */
public final class JsonLogHandler extends Handler {
    /** A burst that is longer tells nothing that its beginning did not. */
    private static final int CAPACITY = 4096;

    private static final String ROOT = "";
    private static final String OURS = "dev.outrigger";

    private final Formatter messages = new SimpleFormatter();
    private final TimeText timeText = new TimeText();
    /** Held here because the log manager forgets a logger, and its level, that nobody holds. */
    private final Logger root = Logger.getLogger(ROOT);

    private final Logger ours = Logger.getLogger(OURS);
    /** The loggers with a threshold of their own, held for the same reason. */
    private final Map<String, Logger> apart = new HashMap<>();

    private final Map<String, LogLevel> levels = new HashMap<>();
    private final DropCounter dropped = new DropCounter();
    private final LineWriter<Line> lines;

    /**
     * Starts the writer; {@link #install} connects it.
     *
     * @param out closed at the end
     */
    public JsonLogHandler(OutputStream out) {
        this.lines = new LineWriter<>("outrigger-log", CAPACITY, Duration.ZERO, out, dropped, this::format);
    }

    /** Replaces all handlers of the root logger by this one, and sets the level. */
    public void install(LogLevel level) {
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(this);
        level(level);
    }

    /**
     * Sets the threshold of everything; loggers that had one of their own follow again. Libraries never go below {@code INFO}:
     * what they say there is of no use to an operator.
     */
    public synchronized void level(LogLevel level) {
        apart.values().forEach(logger -> logger.setLevel(null));
        apart.clear();
        levels.clear();
        levels.put(ROOT, level);
        Level threshold = thresholdOf(level);
        ours.setLevel(threshold);
        root.setLevel(threshold.intValue() < Level.INFO.intValue() ? Level.INFO : threshold);
    }

    /**
     * Gives a logger, and those below it, a threshold of its own until {@link #level(LogLevel)} is called.
     *
     * @param logger name of one of our packages or classes; empty is {@link #level(LogLevel)}
     */
    public synchronized void level(String logger, LogLevel level) {
        if (logger.isEmpty()) {
            level(level);
            return;
        }
        Logger own = Logger.getLogger(logger);
        own.setLevel(thresholdOf(level));
        apart.put(logger, own);
        levels.put(logger, level);
    }

    /** The thresholds that were set, by logger; the one of everything stands under the empty name. */
    public synchronized Map<String, LogLevel> levels() {
        return new TreeMap<>(levels);
    }

    /** Lines lost since the start. */
    public long dropped() {
        return dropped.getAsLong();
    }

    /** Lines that wait now. */
    public int waiting() {
        return lines.waiting();
    }

    @Override
    public void publish(@Nullable LogRecord record) {
        if (record == null || !isLoggable(record)) {
            return;
        }
        lines.offer(new Line(
                record.getMillis(),
                labelOf(record.getLevel()),
                String.valueOf(record.getLoggerName()),
                messages.formatMessage(record),
                Thread.currentThread().getName(),
                record.getThrown()));
    }

    /** Without effect: the writer flushes as soon as nothing waits. */
    @Override
    public void flush() {}

    /** Writes what waits and closes the output. */
    @Override
    public void close() {
        root.removeHandler(this);
        lines.close();
    }

    private void format(Line line, JsonWriter json) {
        json.beginObject();
        json.name("time").value(timeText.of(line.epochMillis));
        json.name("level").value(line.level);
        json.name("logger").value(line.logger);
        json.name("message").value(line.message);
        json.name("thread").value(line.thread);
        if (line.thrown != null) {
            StringWriter trace = new StringWriter();
            line.thrown.printStackTrace(new PrintWriter(trace));
            json.name("error").value(trace.toString());
        }
        json.endObject();
    }

    private static Level thresholdOf(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.SEVERE;
            case WARN -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
        };
    }

    private static String labelOf(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return "error";
        }
        if (value >= Level.WARNING.intValue()) {
            return "warn";
        }
        if (value >= Level.INFO.intValue()) {
            return "info";
        }
        return value >= Level.FINE.intValue() ? "debug" : "trace";
    }

    private record Line(
            long epochMillis,
            String level,
            String logger,
            String message,
            String thread,
            @Nullable Throwable thrown) {}
}
