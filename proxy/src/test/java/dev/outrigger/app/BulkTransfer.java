package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.outrigger.testing.Await;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Many bytes in one direction, of which no two blocks are the same. The receiver begins only when the sender has come to a
 * halt, so that whatever is between them has had the time to take as much as it ever takes.
 */
final class BulkTransfer {
    /** Where bytes go. */
    @FunctionalInterface
    interface Sink {
        void write(byte[] bytes) throws IOException;
    }

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int BLOCK_BYTES = 64 * 1024;
    private static final int STEP_BYTES = 8 * 1024 * 1024;
    private static final int QUIET_POLLS = 40;
    private static final int SEED = 7;

    private final long length;
    private final Runnable onStep;
    private final AtomicLong sent = new AtomicLong();
    private final CountDownLatch received = new CountDownLatch(1);
    private final CRC32 sentSum = new CRC32();
    private final CRC32 receivedSum = new CRC32();
    private volatile @Nullable Throwable failure;

    /**
     * @param length in bytes; whole blocks of 64 KiB
     * @param onStep now and then called by the receiver
     */
    BulkTransfer(long length, Runnable onStep) {
        this.length = length;
        this.onStep = onStep;
    }

    /** Sends everything; its caller has nothing else to do in the meantime. */
    void send(Sink to) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        new Random(SEED).nextBytes(block);
        ByteBuffer number = ByteBuffer.wrap(block);
        for (long at = 0; at < length; at += BLOCK_BYTES) {
            number.putLong(0, at);
            sentSum.update(block);
            to.write(block);
            sent.addAndGet(BLOCK_BYTES);
        }
    }

    /** Receives everything, once the sender can not go on. */
    void receive(InputStream from) throws IOException {
        try {
            haltedBytes();
            onStep.run();
            byte[] buffer = new byte[BLOCK_BYTES];
            long nextStep = STEP_BYTES;
            for (long at = 0; at < length; ) {
                int read = from.read(buffer, 0, (int) Math.min(buffer.length, length - at));
                if (read < 0) {
                    throw new EOFException("cut after " + at + " bytes");
                }
                receivedSum.update(buffer, 0, read);
                at += read;
                if (at >= nextStep) {
                    nextStep += STEP_BYTES;
                    onStep.run();
                }
            }
        } catch (IOException | AssertionError e) {
            failure = e;
            throw e;
        } finally {
            received.countDown();
        }
    }

    /** Waits until nothing moves; a machine that is slow makes it wait for less than it could. */
    private long haltedBytes() {
        long[] seen = new long[QUIET_POLLS];
        int[] polls = new int[1];
        Await.until("the sender halts", DEADLINE, () -> {
            seen[polls[0]++ % QUIET_POLLS] = sent.get();
            return Arrays.stream(seen).allMatch(bytes -> bytes == seen[0] && bytes > 0);
        });
        return seen[0];
    }

    /** That every byte came as it was sent. */
    void assertWhole() throws InterruptedException {
        received.await();
        assertNull(failure);
        assertEquals(length, sent.get());
        assertEquals(sentSum.getValue(), receivedSum.getValue());
    }
}
