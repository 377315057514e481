package dev.outrigger.app;

import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.telemetry.JsonLogHandler;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * From the start of the process to SIGTERM, Ctrl-C or a request to stop, then the orderly stop, then exit code 0.
 *
 * <p>The signals are handled here and not by a shutdown hook, which could neither be told twice nor end the process with a
 * code of its own. A second signal means that somebody has no time left: the process ends at once, with exit code 1. A request
 * does not count as one, because the SIGTERM that follows the request of a {@code preStop} hook is only the platform's next
 * step.
 *
 * <p>Owning thread: any; the steps run on {@code outrigger-stop}.
 */
final class ProcessLifetime {
    private static final Logger LOG = System.getLogger(ProcessLifetime.class.getName());

    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final AtomicInteger signals = new AtomicInteger();
    private final CountDownLatch never = new CountDownLatch(1);
    private boolean stopping;

    ProcessLifetime() {
        boolean isTerm = Signals.handle("TERM", this::onSignal);
        boolean isInt = Signals.handle("INT", this::onSignal);
        if (!isTerm || !isInt) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "outrigger-stop"));
        }
    }

    /** Steps run in the reverse of the order in which they were added. */
    synchronized void onStop(Runnable step) {
        if (!stopping) {
            steps.push(step);
        }
    }

    /**
     * What SIGHUP does from now on. By default it ends a process, which suits one whose terminal is gone.
     *
     * @param action runs on a new thread each time
     */
    void onHangUp(Runnable action) {
        if (!Signals.handle("HUP", action)) {
            LOG.log(Level.WARNING, "SIGHUP can not be handled here");
        }
    }

    /**
     * Starts a sidecar and its log, both stopped with the process. A start that fails is undone, and the failure is the
     * command's.
     */
    Sidecar start(ConfigSource source, Loaded loaded) throws IOException, InterruptedException {
        JsonLogHandler log = new JsonLogHandler(new FileOutputStream(FileDescriptor.err));
        log.install(loaded.config().telemetry().logLevel());
        onStop(log::close);
        Sidecar sidecar = ProxyAssembly.assemble(source, loaded, BuildInfo.load(), log, this::requestStop);
        onStop(sidecar::stop);
        try {
            sidecar.start();
            onHangUp(sidecar::reload);
            return sidecar;
        } catch (IOException e) {
            sidecar.stop();
            abandon();
            throw e;
        }
    }

    /** Nothing is left to stop. When the stop has begun already, the failure is its doing, and it ends the process. */
    private void abandon() throws InterruptedException {
        if (isStopping()) {
            awaitStop();
        }
        synchronized (this) {
            steps.clear();
        }
    }

    /** Returns never: the process ends inside. */
    void awaitStop() throws InterruptedException {
        never.await();
    }

    /** Begins the orderly stop and returns; again without effect. */
    void requestStop() {
        if (beginStop()) {
            new Thread(this::stop, "outrigger-stop").start();
        }
    }

    private void onSignal() {
        if (signals.incrementAndGet() > 1) {
            System.err.println("outrigger: told to stop a second time, ending at once");
            Runtime.getRuntime().halt(ExitCode.FAILED);
        }
        requestStop();
    }

    /** Only where signals can not be handled. Without steps it is the end of a command that has its own exit code. */
    private void onShutdown() {
        if (beginStop()) {
            if (hasSteps()) {
                stop();
            }
            return;
        }
        try {
            awaitStop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        int exitCode = ExitCode.OK;
        for (Runnable step = next(); step != null; step = next()) {
            try {
                step.run();
            } catch (RuntimeException e) {
                // The steps that are left flush and close what has nothing to do with this one.
                LOG.log(Level.ERROR, "stopping", e);
                exitCode = ExitCode.FAILED;
            }
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private synchronized boolean beginStop() {
        boolean isFirst = !stopping;
        stopping = true;
        return isFirst;
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    private synchronized boolean hasSteps() {
        return !steps.isEmpty();
    }

    private synchronized @Nullable Runnable next() {
        return steps.poll();
    }
}
