package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.outrigger.time.ManualClock;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TaskTableTest {
    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(1);

    private final ManualClock clock = new ManualClock();
    private final Endpoint endpoint = new Endpoint(InetSocketAddress.createUnresolved("host", 1));
    private final TaskTable table = new TaskTable(10, TIME_TO_LIVE, Runnable::run, clock);

    @Test
    void aTaskIsFoundAsLongAsItIsAskedFor() {
        table.bind("t", endpoint);
        for (int i = 0; i < 5; i++) {
            clock.advance(TIME_TO_LIVE.minusNanos(1));
            assertSame(endpoint, table.find("t"));
        }
        clock.advance(TIME_TO_LIVE);
        assertNull(table.find("t"));
    }

    @Test
    void otherBoundsHoldForWhatIsThereAlready() {
        for (int i = 0; i < 8; i++) {
            table.bind("t" + i, endpoint);
        }

        table.bounds(3, TIME_TO_LIVE);
        table.sweep();
        assertEquals(3, table.size());

        table.bounds(3, Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        table.sweep();
        assertEquals(0, table.size());
    }

    @Test
    void aTaskMayMove() {
        Endpoint other = new Endpoint(InetSocketAddress.createUnresolved("host", 2));
        table.bind("t", endpoint);
        table.bind("t", other);
        assertSame(other, table.find("t"));
    }

    @Test
    void theTableIsBoundedAndSwept() {
        for (int i = 0; i < 50; i++) {
            table.bind("t" + i, endpoint);
        }
        table.sweep();
        assertEquals(10, table.size());

        clock.advance(TIME_TO_LIVE);
        table.sweep();
        assertEquals(0, table.size());
    }
}
