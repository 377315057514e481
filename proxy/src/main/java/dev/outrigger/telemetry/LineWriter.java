package dev.outrigger.telemetry;

import dev.outrigger.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Writes one JSON line per item on a thread of its own; access log and application log are both one of these.
 *
 * <p>Items are formatted by the writer's thread, and written out when the queue runs empty or the buffer is full. An output
 * that cannot be written to must not stop the proxy: its lines are dropped and counted.
 *
 * @param <T> the items, which must not change any more once they are offered
 */
final class LineWriter<T> implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    /** A log that cannot be written in this time will not be: the process ends. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final BackgroundQueue<T> queue;
    private final DropCounter dropped;

    /**
     * Starts the thread.
     *
     * @param capacity lines that may wait
     * @param linger how long the first line of a batch may wait for others
     * @param out closed at the end
     * @param dropped where lines that are lost count
     */
    LineWriter(
            String threadName, int capacity, Duration linger, OutputStream out, DropCounter dropped, Format<T> format) {
        this.dropped = dropped;
        this.queue = new BackgroundQueue<>(threadName, capacity, linger, CLOSE_WITHIN, dropped, new Lines(out, format));
        queue.start();
    }

    /** Hands a line over, from any thread; false, and counted, if there was no room. */
    boolean offer(T item) {
        return queue.offer(item);
    }

    /** Lines that wait now. */
    int waiting() {
        return queue.waiting();
    }

    /** Writes what waits and closes the output. */
    @Override
    public void close() {
        queue.close();
    }

    /** How an item becomes a JSON object. */
    @FunctionalInterface
    interface Format<T> {
        void write(T item, JsonWriter json);
    }

    private final class Lines implements BackgroundQueue.Consumer<T> {
        private final OutputStream out;
        private final Format<T> format;
        private final StringBuilder line = new StringBuilder();
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int used;
        private int linesInBuffer;

        Lines(OutputStream out, Format<T> format) {
            this.out = out;
            this.format = format;
        }

        @Override
        public void accept(T item) {
            line.setLength(0);
            format.write(item, new JsonWriter(line));
            line.append('\n');
            append();
            linesInBuffer++;
        }

        @Override
        public void onEmpty() {
            writeBuffer();
        }

        @Override
        public void onClose() {
            try {
                out.close();
            } catch (IOException e) {
                dropped.add(1);
            }
        }

        private void append() {
            if (appendAscii()) {
                return;
            }
            byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
            for (int from = 0; from < bytes.length; from += BUFFER_BYTES) {
                int length = Math.min(bytes.length - from, BUFFER_BYTES);
                makeRoom(length);
                System.arraycopy(bytes, from, buffer, used, length);
                used += length;
            }
        }

        /** Without a copy on the heap, which is nearly every line. */
        private boolean appendAscii() {
            int length = line.length();
            if (length > BUFFER_BYTES) {
                return false;
            }
            makeRoom(length);
            for (int i = 0; i < length; i++) {
                char c = line.charAt(i);
                if (c > 0x7f) {
                    return false;
                }
                buffer[used + i] = (byte) c;
            }
            used += length;
            return true;
        }

        private void makeRoom(int bytes) {
            if (used + bytes > BUFFER_BYTES) {
                writeBuffer();
            }
        }

        private void writeBuffer() {
            if (used == 0) {
                return;
            }
            try {
                out.write(buffer, 0, used);
                out.flush();
            } catch (IOException e) {
                dropped.add(Math.max(1, linesInBuffer));
            }
            used = 0;
            linesInBuffer = 0;
        }
    }
}
