package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import dev.outrigger.testing.Await;
import java.io.OutputStream;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are larger than what fits on the way to a client that does not read yet, and whose server is done meanwhile. */
class SlowReaderIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int STANDSTILL_LOOKS = 100;
    private static final int BLOCK_BYTES = 64 * 1024;
    private static final int BLOCKS = 1024;
    private static final long BYTES = (long) BLOCK_BYTES * BLOCKS;

    private final CRC32 sentSum = new CRC32();
    private final AtomicLong sent = new AtomicLong();

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    private Script answers(String head) {
        return connection -> {
            connection.readHead();
            connection.write(head);
            SplittableRandom random = new SplittableRandom(1);
            byte[] block = new byte[BLOCK_BYTES];
            for (int i = 0; i < BLOCKS; i++) {
                random.nextBytes(block);
                sentSum.update(block);
                connection.write(block);
                sent.addAndGet(BLOCK_BYTES);
            }
            connection.close();
        };
    }

    /** Waits until the server has not got further over a number of looks. */
    private void awaitStandstill() {
        long[] before = {0};
        int[] same = {0};
        Await.until("the server waits", DEADLINE, () -> {
            long now = sent.get();
            same[0] = now > 0 && now == before[0] ? same[0] + 1 : 0;
            before[0] = now;
            return same[0] >= STANDSTILL_LOOKS;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: text/plain", "Connection: close\r\nContent-Length: " + BYTES})
    void theWholeAnswerArrivesAlthoughItsServerHasLeft(String headers) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(answers("HTTP/1.1 200 OK\r\n" + headers + "\r\n\r\n"));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "runtime.transport = " + transport());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            String head = client.readUntil("\r\n\r\n");
            assertTrue(head.contains(" 200 "), head);
            awaitStandstill();
            assertTrue(sent.get() < BYTES, "everything was taken in");
            CheckedInputStream body = new CheckedInputStream(client.in(), new CRC32());
            assertEquals(BYTES, body.transferTo(OutputStream.nullOutputStream()));
            assertEquals(sentSum.getValue(), body.getChecksum().getValue());
        }
    }
}
