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
import java.util.stream.IntStream;
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
    void onceTheToolsAreKnownOthersAreOtherAndCounted() {
        ToolNames names = new ToolNames(10);
        ToolNames.Cache cache = names.newCache();
        names.learn(List.of("echo", "add"));

        assertEquals("echo", known(cache, "echo"));
        assertEquals(ExchangeRecord.OTHER, known(cache, "made-up"));
        assertEquals(ExchangeRecord.OTHER, known(cache, "made-up"));
        assertEquals("add", known(names.newCache(), "add"));
        assertEquals(2, names.folded());
    }

    @Test
    void namesMadeUpBeforeTakeNoRoomFromRealTools() {
        ToolNames names = new ToolNames(3);
        ToolNames.Cache cache = names.newCache();
        for (int i = 0; i < 3; i++) {
            resolve(cache, "made-up-" + i);
        }
        assertEquals(ExchangeRecord.OTHER, resolve(cache, "echo"));

        names.learn(List.of("echo", "add", "slow", "one-too-many"));

        assertEquals("echo", known(cache, "echo"));
        assertEquals("echo", resolve(cache, "echo"), "without the list as well");
        assertEquals("slow", known(cache, "slow"));
        assertEquals(ExchangeRecord.OTHER, known(cache, "one-too-many"));
    }

    @Test
    void aGuessStaysALabelOnlyIfItIsLearned() {
        ToolNames names = new ToolNames(10);
        ToolNames.Cache cache = names.newCache();
        String guessed = resolve(cache, "echo");
        resolve(cache, "made-up");

        assertEquals(ExchangeRecord.OTHER, known(cache, "echo"), "nothing was learned yet");
        names.learn(List.of("echo"));

        assertSame(guessed, known(cache, "echo"));
        assertSame(guessed, known(names.newCache(), "echo"));
        assertSame(guessed, resolve(names.newCache(), "echo"));
        assertEquals(ExchangeRecord.OTHER, known(cache, "made-up"));
        assertEquals("made-up", resolve(cache, "made-up"), "at a server that has listed nothing");
    }

    @Test
    void aHigherLimitMakesRoomInEveryLoop() {
        ToolNames names = new ToolNames(2);
        ToolNames.Cache cache = names.newCache();
        resolve(cache, "a");
        resolve(cache, "b");
        assertEquals(ExchangeRecord.OTHER, resolve(cache, "c"));

        names.limit(200);

        names.learn(IntStream.range(0, 200).mapToObj(i -> "tool-" + i).toList());
        for (int round = 0; round < 2; round++) {
            assertEquals("a", resolve(cache, "a"));
            assertEquals("c", resolve(cache, "c"));
            for (int i = 0; i < 190; i++) {
                assertEquals("guess-" + i, resolve(cache, "guess-" + i));
            }
            for (int i = 0; i < 200; i++) {
                assertEquals("tool-" + i, known(cache, "tool-" + i));
            }
        }
        assertEquals(1, names.folded());
    }

    @Test
    void aLowerLimitAddsNoNameButTakesNoneAway() {
        ToolNames names = new ToolNames(3);
        ToolNames.Cache cache = names.newCache();
        resolve(cache, "a");
        resolve(cache, "b");

        names.limit(1);

        assertEquals("b", resolve(cache, "b"));
        assertEquals("b", resolve(names.newCache(), "b"), "in a loop that has not met it");
        assertEquals(ExchangeRecord.OTHER, resolve(cache, "c"));
        names.learn(List.of("x", "y"));
        assertEquals("x", known(cache, "x"));
        assertEquals(ExchangeRecord.OTHER, known(cache, "y"));
    }

    @Test
    void listsAddUp() {
        ToolNames names = new ToolNames(10);
        ToolNames.Cache cache = names.newCache();
        names.learn(List.of("echo", "echo", "x".repeat(129), "\u00e4".repeat(65)));
        names.learn(List.of("add", "echo"));
        names.learn(List.of());

        assertEquals("echo", known(cache, "echo"));
        assertEquals("add", known(cache, "add"));
        assertEquals(ExchangeRecord.OTHER, known(cache, "\u00e4".repeat(65)), "130 bytes");
    }

    @Test
    void everyLearnedNameIsFoundAgainWhenTheCacheIsFullOfGuesses() {
        ToolNames names = new ToolNames(200);
        ToolNames.Cache cache = names.newCache();
        for (int i = 0; i < 200; i++) {
            resolve(cache, "made-up-" + i);
        }
        names.learn(IntStream.range(0, 200).mapToObj(i -> "tool-" + i).toList());
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 200; i++) {
                assertEquals("tool-" + i, known(cache, "tool-" + i));
            }
        }
        assertEquals(0, names.folded());
    }

    @Test
    void aLearnedNameAllocatesNothing() {
        ToolNames names = new ToolNames(10);
        ToolNames.Cache cache = names.newCache();
        byte[] guessedFirst = "get_weather".getBytes(StandardCharsets.UTF_8);
        byte[] learnedFirst = "echo".getBytes(StandardCharsets.UTF_8);
        cache.resolve(guessedFirst, guessedFirst.length);
        names.learn(List.of("echo", "get_weather"));
        resolveKnownOften(cache, guessedFirst, learnedFirst);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        resolveKnownOften(cache, guessedFirst, learnedFirst);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < 4096, "40,000 look-ups allocated " + allocated + " B");
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

    @Test
    void loopsLearnAtTheSameTime() throws InterruptedException {
        ToolNames names = new ToolNames(100);
        Thread[] loops = new Thread[2];
        for (int i = 0; i < loops.length; i++) {
            int offset = 50 * i;
            loops[i] = new Thread(() -> {
                for (int n = 0; n < 50; n++) {
                    names.learn(List.of("tool-" + (offset + n)));
                }
            });
        }
        for (Thread loop : loops) {
            loop.start();
        }
        for (Thread loop : loops) {
            loop.join();
        }

        ToolNames.Cache cache = names.newCache();
        for (int n = 0; n < 100; n++) {
            assertEquals("tool-" + n, known(cache, "tool-" + n));
        }
    }

    private static void resolveKnownOften(ToolNames.Cache cache, byte[] one, byte[] other) {
        for (int i = 0; i < 20_000; i++) {
            cache.resolve(one, one.length, true);
            cache.resolve(other, other.length, true);
        }
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

    /** At a server whose list is known. */
    private static String known(ToolNames.Cache cache, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return cache.resolve(bytes, bytes.length, true);
    }
}
