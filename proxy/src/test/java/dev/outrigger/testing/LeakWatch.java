package dev.outrigger.testing;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Collects what Netty's leak detector finds, in place of the log line that nobody reads.
 *
 * <p>Netty asks the factory for one detector per kind of resource and asks the detector for reports only while something
 * new of that kind is allocated. The last leak of a run would therefore stay unseen: {@link #collect} lets the garbage
 * collector find it and then tracks one object more with every detector.
 *
 * <p>Safe for use from any thread.
 */
final class LeakWatch extends ResourceLeakDetectorFactory {
    /** A leaked object can hold the next one, so one collection may not be enough. */
    private static final int COLLECTIONS = 4;

    private static final long COLLECTION_LIMIT_MILLIS = 5_000;

    private static final Pattern FRAMEWORK = Pattern.compile(
            "\\s+(org\\.junit\\.|org\\.apache\\.maven\\.|java\\.base/(java\\.lang|jdk\\.internal)\\.(reflect|invoke)\\.)");

    private final List<Detector<?>> detectors = new CopyOnWriteArrayList<>();
    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();
    private volatile String running = "no test";

    /** Names the test in whose time whatever is allocated from now on falls; it becomes part of a leak's report. */
    void running(String test) {
        running = test;
    }

    /** Every leak of the run so far, one report each. Takes some full collections if anything was ever tracked. */
    List<String> collect() throws InterruptedException {
        for (int i = 0; i < COLLECTIONS && !detectors.isEmpty(); i++) {
            collectGarbage();
            detectors.forEach(Detector::poll);
        }
        return List.copyOf(leaks);
    }

    @Override
    @SuppressWarnings("deprecation")
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
            Class<T> resource, int samplingInterval, long maxActive) {
        Detector<T> detector = new Detector<>(resource, samplingInterval);
        detectors.add(detector);
        return detector;
    }

    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
        System.gc();
        if (queue.remove(COLLECTION_LIMIT_MILLIS) != canary) {
            throw new IllegalStateException("the garbage collector did not run; is -XX:+DisableExplicitGC set?");
        }
    }

    /** The records without the frames of the test framework, which are most of them. */
    private static String relevant(String records) {
        return records.lines()
                .filter(line -> !FRAMEWORK.matcher(line).lookingAt())
                .collect(Collectors.joining("\n"));
    }

    private final class Detector<T> extends ResourceLeakDetector<T> {
        Detector(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @SuppressWarnings("unchecked")
        void poll() {
            // The tracker looks at nothing but the identity of what it tracks.
            T probe = (T) new Object();
            ResourceLeakTracker<T> tracker = trackForcibly(probe);
            tracker.close(probe);
        }

        /** Reports are wanted whatever the log level. */
        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected Object getInitialHint(String resourceType) {
            return "allocated while running: " + running;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            leaks.add(resourceType + " was not released before it was garbage-collected." + relevant(records));
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            leaks.add(resourceType + " was not released before it was garbage-collected; no trace.");
        }
    }
}
