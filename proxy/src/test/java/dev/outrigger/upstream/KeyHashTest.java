package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyHashTest {
    private static final int KEYS = 20_000;

    @Test
    void keysSpreadByWeight() {
        int[] weights = {1, 1, 2};
        int[] owned = new int[weights.length];
        for (int key = 0; key < KEYS; key++) {
            owned[owner(key, weights)]++;
        }

        assertEquals(KEYS / 4.0, owned[0], KEYS / 40.0);
        assertEquals(KEYS / 4.0, owned[1], KEYS / 40.0);
        assertEquals(KEYS / 2.0, owned[2], KEYS / 40.0);
    }

    @Test
    void whoComesTakesAShareFromEachAndMovesNothingElse() {
        int[] before = {1, 1, 1};
        int[] after = {1, 1, 1, 1};
        int moved = 0;
        for (int key = 0; key < KEYS; key++) {
            int old = owner(key, before);
            int young = owner(key, after);
            assertTrue(young == old || young == 3, "key " + key + " moved between endpoints that stay");
            moved += young == 3 ? 1 : 0;
        }

        assertEquals(KEYS / 4.0, moved, KEYS / 40.0);
    }

    private static int owner(int key, int[] weights) {
        long hash = KeyHash.of("key-" + key);
        return IntStream.range(0, weights.length)
                .boxed()
                .max((a, b) -> Double.compare(score(hash, a, weights), score(hash, b, weights)))
                .orElseThrow();
    }

    private static double score(long key, int endpoint, int[] weights) {
        return KeyHash.score(key, KeyHash.of("10.0.0." + endpoint + ":80"), weights[endpoint]);
    }
}
