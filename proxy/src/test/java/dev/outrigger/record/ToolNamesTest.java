package dev.outrigger.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ToolNamesTest {
    @Test
    void aNameIsTheSameInstanceInEveryLoop() {
        ToolNames names = new ToolNames(10);

        String label = resolve(names.newCache(), "get_weather");

        assertEquals("get_weather", label);
        assertSame(label, resolve(names.newCache(), "get_weather"));
    }

    @Test
    void namesBeyondTheLimitAreOtherAndCounted() {
        ToolNames names = new ToolNames(2);
        ToolNames.Cache first = names.newCache();
        ToolNames.Cache second = names.newCache();
        resolve(first, "a");
        resolve(second, "b");

        assertEquals(ExchangeRecord.OTHER, resolve(first, "c"));
        assertEquals(ExchangeRecord.OTHER, resolve(second, "c"));
        assertEquals("b", resolve(first, "b"), "known to the other loop");
        assertEquals(2, names.folded());
    }

    @Test
    void aNameThatIsTooLongIsOther() {
        ToolNames names = new ToolNames(10);

        assertEquals(ExchangeRecord.OTHER, resolve(names.newCache(), "x".repeat(129)));
        assertEquals("x".repeat(128), resolve(names.newCache(), "x".repeat(128)));
        assertEquals(1, names.folded());
    }

    @Test
    void onlyTheGivenLengthOfTheBytesCounts() {
        ToolNames.Cache cache = new ToolNames(10).newCache();
        byte[] bytes = "echo-and-more".getBytes(StandardCharsets.UTF_8);

        assertEquals("echo", cache.resolve(bytes, 4));
        assertEquals("echo-and", cache.resolve(bytes, 8));
        assertEquals("echo", cache.resolve(bytes, 4));
    }

    @Test
    void malformedNamesThatReadTheSameDoNotFillTheCache() {
        ToolNames.Cache cache = new ToolNames(4).newCache();
        for (int i = 0x80; i < 0xc0; i++) {
            assertEquals("\ufffd", cache.resolve(new byte[] {(byte) i}, 1));
        }
        assertEquals("echo", resolve(cache, "echo"));
    }

    @Test
    void everyNameIsFoundAgainWhenTheCacheIsFull() {
        ToolNames names = new ToolNames(200);
        ToolNames.Cache cache = names.newCache();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 200; i++) {
                assertEquals("tool-" + i, resolve(cache, "tool-" + i));
            }
        }
        assertEquals(0, names.folded());
    }

    @Test
    void aKnownNameAllocatesNothing() {
        ToolNames.Cache cache = new ToolNames(10).newCache();
        byte[] name = "get_weather".getBytes(StandardCharsets.UTF_8);
        resolveOften(cache, name);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        resolveOften(cache, name);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < 4096, "20,000 look-ups allocated " + allocated + " B");
    }

    @Test
    void theLimitHoldsWhenLoopsAddNamesAtTheSameTime() throws InterruptedException {
        ToolNames names = new ToolNames(50);
        List<String> labels = new CopyOnWriteArrayList<>();
        Thread[] loops = new Thread[2];
        for (int i = 0; i < loops.length; i++) {
            ToolNames.Cache cache = names.newCache();
            loops[i] = new Thread(() -> {
                for (int n = 0; n < 100; n++) {
                    labels.add(resolve(cache, "tool-" + n));
                }
            });
        }
        for (Thread loop : loops) {
            loop.start();
        }
        for (Thread loop : loops) {
            loop.join();
        }

        Set<String> distinct = new HashSet<>(labels);
        assertTrue(distinct.remove(ExchangeRecord.OTHER));
        assertEquals(50, distinct.size());
        assertEquals(200 - labels.stream().filter(distinct::contains).count(), names.folded());
    }

    private static void resolveOften(ToolNames.Cache cache, byte[] name) {
        for (int i = 0; i < 20_000; i++) {
            cache.resolve(name, name.length);
        }
    }

    private static String resolve(ToolNames.Cache cache, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return cache.resolve(bytes, bytes.length);
    }
}
