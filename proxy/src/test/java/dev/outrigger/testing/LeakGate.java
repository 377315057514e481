package dev.outrigger.testing;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Fails the run when a buffer leaked: a leak is a fault of the proxy even if every assertion held.
 *
 * <p>It judges once, when the session ends, because a buffer that is still reachable is no leak yet. A session listener
 * rather than a test engine or an extension: it is there before Netty's first class is loaded, it covers every engine, and
 * what it throws ends the test process with a failure.
 */
public final class LeakGate implements LauncherSessionListener {
    private final LeakWatch watch = new LeakWatch();

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(watch);
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        session.getLauncher().registerTestExecutionListeners(new TestExecutionListener() {
            @Override
            public void executionStarted(TestIdentifier test) {
                watch.running(nameOf(test));
            }
        });
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        List<String> leaks = leaks();
        if (!leaks.isEmpty()) {
            throw new AssertionError(
                    "leaked in this run, distinct traces: " + leaks.size() + "\n\n" + String.join("\n\n", leaks));
        }
    }

    private List<String> leaks() {
        try {
            return watch.collect();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while looking for leaks", e);
        }
    }

    private static String nameOf(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .map(source -> source.getClassName() + '.' + source.getMethodName() + ' ' + test.getDisplayName())
                .orElseGet(test::getDisplayName);
    }
}
