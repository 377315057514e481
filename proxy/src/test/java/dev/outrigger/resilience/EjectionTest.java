package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class EjectionTest {
    private static final EjectionPolicy POLICY = new EjectionPolicy(3, 100, 350, 0.5, 0);

    private final List<Ejection> members = members(4);
    private final EjectionGroup group = new EjectionGroup(POLICY, members);
    private final Ejection one = members.get(0);

    @Test
    void failuresInARowPutItOut() {
        fail(one, 2, 0);
        assertFalse(one.onSuccess(0));
        fail(one, 2, 0);
        assertFalse(one.isOut());

        assertEquals(100, one.onFailure(group, 0));

        assertTrue(one.isOut());
        assertEquals(1, group.out());
    }

    @Test
    void resultsFromBeforeItsTimeIsOverChangeNothing() {
        fail(one, 3, 0);

        assertFalse(one.onSuccess(99));
        assertEquals(0, one.onFailure(group, 99));

        assertTrue(one.isOut());
    }

    @Test
    void oneRequestAtATimeTriesIt() {
        fail(one, 3, 0);
        assertFalse(one.takesProbe(99));

        assertTrue(one.takesProbe(100));
        assertFalse(one.takesProbe(101));
        assertTrue(one.takesProbe(100 + 1_000_000_000), "the one before says nothing");

        assertTrue(one.onSuccess(200));
        assertFalse(one.isOut());
    }

    @Test
    void aFailedTryPutsItOutForTwiceAsLongUpToTheMaximum() {
        fail(one, 3, 0);
        assertEquals(200, one.onFailure(group, 100));
        assertEquals(0, one.onFailure(group, 299));
        assertEquals(350, one.onFailure(group, 300));
        assertEquals(350, one.onFailure(group, 650));
        assertTrue(one.isOut());
    }

    @Test
    void anEjectionSoonAfterTheLastIsLongerAndOneAfterACalmIsNot() {
        fail(one, 3, 0);
        one.onSuccess(100);
        fail(one, 2, 150);
        assertEquals(200, one.onFailure(group, 150));
        one.onSuccess(350);
        fail(one, 2, 550);
        assertEquals(100, one.onFailure(group, 550));
    }

    @Test
    void eachTimeOutIsLongerByThePartOfTheJitterThatIsDrawnForIt() {
        double[] chance = {0};
        EjectionGroup jittered = new EjectionGroup(new EjectionPolicy(1, 100, 300, 0.5, 0.2), members, () -> chance[0]);

        assertEquals(100, one.onFailure(jittered, 0));
        chance[0] = 0.5;
        assertEquals(220, one.onFailure(jittered, 100), "200 and half of its fifth");
        assertFalse(one.takesProbe(319));
        assertTrue(one.takesProbe(320));
        chance[0] = 0.999;
        assertEquals(359, one.onFailure(jittered, 320), "the jitter goes beyond the maximum");
    }

    @Test
    void ejectionsOfManySidecarsEndApart() {
        EjectionPolicy policy = new EjectionPolicy(1, 1_000_000, 2_000_000, 0.5, 0.2);
        Set<Long> lengths = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            List<Ejection> two = members(2);
            long length = two.get(0).onFailure(new EjectionGroup(policy, two), 0);
            assertTrue(length >= 1_000_000 && length < 1_200_000, "length " + length);
            lengths.add(length);
        }
        assertTrue(lengths.size() > 90, "different ones: " + lengths.size());
    }

    @Test
    void noMoreThanTheShareMayBeOut() {
        fail(one, 3, 0);
        fail(members.get(1), 3, 0);
        fail(members.get(2), 30, 0);

        assertFalse(members.get(2).isOut());
        assertEquals(2, group.out());
        assertTrue(one.onSuccess(100));
        fail(members.get(2), 1, 100);
        assertTrue(members.get(2).isOut());
    }

    @Test
    void theOnlyOneIsNeverOutAndOneOfTwoAlwaysMayBe() {
        Ejection alone = new Ejection();
        for (int i = 0; i < 10; i++) {
            assertEquals(0, alone.onFailure(new EjectionGroup(POLICY, List.of(alone)), 0));
        }
        Ejection other = new Ejection();
        EjectionGroup two = new EjectionGroup(new EjectionPolicy(1, 100, 100, 0, 0), List.of(alone, other));
        assertEquals(100, other.onFailure(two, 0));
    }

    @Test
    void zeroFailuresIsNever() {
        EjectionGroup never = new EjectionGroup(new EjectionPolicy(0, 100, 100, 1, 0), members);
        for (int i = 0; i < 10; i++) {
            assertEquals(0, one.onFailure(never, 0));
        }
    }

    @Test
    void whatElseShowsThatItWorksBringsItBackAtOnce() {
        fail(one, 3, 0);

        assertTrue(one.readmit(1));

        assertFalse(one.isOut());
        assertFalse(one.readmit(2));
    }

    @Test
    void agreesWithANaiveModelOverAMillionSteps() {
        SplittableRandom random = new SplittableRandom(5);
        List<Model> models = new ArrayList<>();
        members.forEach(member -> models.add(new Model()));
        long now = 0;
        for (int step = 0; step < 1_000_000; step++) {
            now += random.nextInt(40);
            int at = random.nextInt(members.size());
            Ejection member = members.get(at);
            Model model = models.get(at);
            if (random.nextInt(3) == 0) {
                assertEquals(model.success(now), member.onSuccess(now));
            } else {
                boolean hasRoom = models.stream().filter(other -> other.out).count() < 2;
                assertEquals(model.failure(now, hasRoom), member.onFailure(group, now));
            }
            assertEquals(model.out, member.isOut());
        }
    }

    @Test
    void failuresOfManyThreadsNeverPutOutTooMany() throws InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (Ejection member : members) {
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = 0; i < 1000; i++) {
                    member.onFailure(group, 0);
                }
            });
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertTrue(group.out() <= 2, "out: " + group.out());
    }

    private void fail(Ejection ejection, int times, long now) {
        for (int i = 0; i < times; i++) {
            ejection.onFailure(group, now);
        }
    }

    private static List<Ejection> members(int count) {
        List<Ejection> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(new Ejection());
        }
        return made;
    }

    /** The rules one by one, without regard to cost. */
    private static final class Model {
        private boolean out;
        private int failures;
        private int row;
        private long length;
        private long end;

        boolean success(long now) {
            failures = 0;
            boolean back = out && now >= end;
            if (back) {
                out = false;
                end = now;
            }
            return back;
        }

        long failure(long now, boolean hasRoom) {
            if (out && now < end) {
                return 0;
            }
            if (!out) {
                failures++;
                if (failures < 3 || !hasRoom) {
                    return 0;
                }
            }
            row = out || (row > 0 && now - end < length) ? row + 1 : 1;
            length = row == 1 ? 100 : row == 2 ? 200 : 350;
            end = now + length;
            out = true;
            failures = 0;
            return length;
        }
    }
}
