package dev.outrigger.app;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * A process that has a lifetime and nothing else: says what happens to it, asks for its stop when it reads {@code drain}, and
 * takes for the stop as long as it takes until it reads {@code go on}.
 */
final class LifetimeProbe {
    private final ProcessLifetime lifetime = new ProcessLifetime();
    private final CountDownLatch goOn = new CountDownLatch(1);

    private LifetimeProbe() {}

    /** @param arguments {@code hang-up} to take SIGHUP over, {@code failing} for a step that fails */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new LifetimeProbe().run(String.join(" ", arguments));
    }

    private void run(String how) throws IOException {
        lifetime.onStop(() -> System.out.println("last step"));
        if (how.contains("failing")) {
            lifetime.onStop(() -> {
                throw new IllegalStateException("on purpose");
            });
        }
        lifetime.onStop(this::slowStep);
        if (how.contains("hang-up")) {
            lifetime.onHangUp(() -> System.out.println("hung up"));
        }
        System.out.println("up");
        StringBuilder read = new StringBuilder();
        for (int next = System.in.read(); next >= 0; next = System.in.read()) {
            if (next != '\n') {
                read.append((char) next);
                continue;
            }
            switch (read.toString()) {
                case "drain" -> lifetime.requestStop();
                case "go on" -> goOn.countDown();
                default -> throw new IllegalArgumentException(read.toString());
            }
            read.setLength(0);
        }
    }

    private void slowStep() {
        System.out.println("first step");
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
