package dev.outrigger.app;

import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.telemetry.JsonLogHandler;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;

/**
 * From the start of the process to SIGTERM or Ctrl-C, then the orderly stop, then exit code 0.
 *
 * <p>The stop runs in the JVM's shutdown hook, because that is what a signal triggers without any unsupported API; it ends
 * with {@code halt}, since a JVM that ends by a signal would otherwise report 143 or 130, which orchestrators count as a
 * crash.
 */
final class ProcessLifetime {
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private boolean stopping;

    ProcessLifetime() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "outrigger-stop"));
    }

    /** Steps run in the reverse of the order in which they were added. */
    synchronized void onStop(Runnable step) {
        if (!stopping) {
            steps.push(step);
        }
    }

    /**
     * Starts a sidecar and its log, both stopped with the process. A start that fails is undone, and the failure is the
     * command's.
     */
    Sidecar start(ProxyConfig config) throws IOException, InterruptedException {
        JsonLogHandler log = new JsonLogHandler(new FileOutputStream(FileDescriptor.err));
        log.install(config.telemetry().logLevel());
        onStop(log::close);
        Sidecar sidecar = ProxyAssembly.assemble(config, BuildInfo.load(), log::dropped);
        onStop(sidecar::stop);
        try {
            sidecar.start();
            return sidecar;
        } catch (IOException e) {
            sidecar.stop();
            abandon();
            throw e;
        }
    }

    private synchronized void abandon() {
        steps.clear();
    }

    /** Returns never: the process ends inside. */
    void awaitStop() throws InterruptedException {
        never.await();
    }

    private void stop() {
        boolean any;
        synchronized (this) {
            stopping = true;
            any = !steps.isEmpty();
        }
        for (Runnable step : steps) {
            step.run();
        }
        if (any) {
            Runtime.getRuntime().halt(ExitCode.OK);
        }
    }
}
