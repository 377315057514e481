package dev.outrigger.telemetry;

import dev.outrigger.config.model.DeadLetterConfig;
import dev.outrigger.json.JsonWriter;
import dev.outrigger.record.DeadLetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls that no upstream has answered, one JSON line each, written by the thread {@code outrigger-dead-letter}.
 *
 * <p>A line is written whole or not at all as far as the process can see to it; what a crash has cut is ended at the next
 * start, so that the next line is one of its own. The message is in it as a string: so a line stays one whatever stands in
 * the message, and the message stays what it was to the byte.
 *
 * <p>What waits for the thread is bounded by its length, since a call may be large.
 */
public final class DeadLetterFile implements DeadLetter.Sink, AutoCloseable {
    private static final int CAPACITY = 4096;
    private static final long MAX_WAITING_CHARS = 16 << 20;
    private static final Duration LINGER = Duration.ofMillis(10);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final DeadLetterConfig config;
    private final WallClock wall;
    private final DropCounter dropped;
    private final AtomicLong waitingChars = new AtomicLong();
    private final BackgroundQueue<DeadLetter> queue;

    /**
     * Opens the file, and makes it its owner's alone.
     *
     * @param dropped where calls that are lost count
     * @throws IOException if the file can not be opened
     */
    public DeadLetterFile(DeadLetterConfig config, WallClock wall, DropCounter dropped) throws IOException {
        this.path = Path.of(config.path());
        this.config = config;
        this.wall = wall;
        this.dropped = dropped;
        this.queue = new BackgroundQueue<>(
                "outrigger-dead-letter", CAPACITY, LINGER, CLOSE_WITHIN, dropped, new Lines(open(path)));
        queue.start();
    }

    /** What it was made for. */
    public DeadLetterConfig config() {
        return config;
    }

    private static FileChannel open(Path path) throws IOException {
        FileChannel opened = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER_ALONE));
        try {
            Files.setPosixFilePermissions(path, OWNER_ALONE);
            endLine(opened);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    private static void endLine(FileChannel file) throws IOException {
        long size = file.size();
        ByteBuffer last = ByteBuffer.allocate(1);
        if (size > 0 && file.read(last, size - 1) == 1 && last.get(0) != '\n') {
            file.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
        }
    }

    @Override
    public void offer(DeadLetter letter) {
        int chars = letter.message().length();
        if (waitingChars.addAndGet(chars) > MAX_WAITING_CHARS) {
            waitingChars.addAndGet(-chars);
            dropped.add(1);
        } else if (!queue.offer(letter)) {
            waitingChars.addAndGet(-chars);
        }
    }

    /** Calls that wait now. */
    public int waiting() {
        return queue.waiting();
    }

    /** Writes what waits and closes the file. */
    @Override
    public void close() {
        queue.close();
    }

    /** Belongs to the queue's thread. */
    private final class Lines implements BackgroundQueue.Consumer<DeadLetter> {
        private final TimeText timeText = new TimeText();
        private FileChannel file;
        private boolean dirty;

        Lines(FileChannel file) {
            this.file = file;
        }

        @Override
        public void accept(DeadLetter letter) {
            waitingChars.addAndGet(-letter.message().length());
            try {
                write((line(letter) + '\n').getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                dropped.add(1);
            }
        }

        private String line(DeadLetter letter) {
            JsonWriter json = new JsonWriter().beginObject();
            json.name("time").value(timeText.of(wall.epochMillis(letter.atNanos())));
            json.name("request_id").value(letter.requestId());
            json.name("trace_id").value(letter.traceId());
            json.name("route").value(letter.route());
            json.name("upstream").value(letter.upstream());
            json.name("tool").value(letter.tool());
            json.name("reason").value(letter.reason().label());
            json.name("maybe_done").value(letter.maybeDone());
            json.name("target").value(letter.target());
            json.name("modern").value(letter.modern());
            if (letter.protocolVersion() != null) {
                json.name("protocol_version").value(letter.protocolVersion());
            }
            json.name("message").value(letter.message());
            return json.endObject().toString();
        }

        private void write(byte[] line) throws IOException {
            if (!file.isOpen() || !Files.exists(path)) {
                // Somebody has taken it away to work on it, or it could not be begun anew before.
                file.close();
                file = open(path);
            }
            long end = file.size();
            if (end + line.length > config.maxBytes()) {
                dropped.add(1);
                return;
            }
            try {
                ByteBuffer rest = ByteBuffer.wrap(line);
                while (rest.hasRemaining()) {
                    file.write(rest, end + rest.position());
                }
                dirty = true;
            } catch (IOException e) {
                file.truncate(end);
                throw e;
            }
        }

        @Override
        public void onEmpty() {
            if (!dirty || config.fsync() == DeadLetterConfig.Fsync.NEVER) {
                return;
            }
            dirty = false;
            try {
                file.force(true);
            } catch (IOException e) {
                throw new UncheckedIOException("a dead-letter file could not be synchronised", e);
            }
        }

        @Override
        public void onClose() {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("a dead-letter file could not be closed", e);
            }
        }
    }
}
