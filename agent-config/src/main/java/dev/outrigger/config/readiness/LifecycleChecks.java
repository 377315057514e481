package dev.outrigger.config.readiness;

import dev.outrigger.config.model.LifecycleConfig;
import java.time.Duration;
import java.util.List;

/** Whether starts and stops, of which there are many, go by unnoticed. */
final class LifecycleChecks {
    /** Between SIGTERM and SIGKILL of a pod, unless it says otherwise. */
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(30);

    private final LifecycleConfig lifecycle;

    LifecycleChecks(LifecycleConfig lifecycle) {
        this.lifecycle = lifecycle;
    }

    List<ReadinessItem> items() {
        return List.of(drain(), warmUp());
    }

    private ReadinessItem drain() {
        String time = Amounts.text(lifecycle.drainTimeout());
        if (lifecycle.drainTimeout().isZero()) {
            return ReadinessItem.warn(
                    "drain", "stop", "cuts every call under way", "set lifecycle.drain-timeout, such as 25s");
        }
        if (lifecycle.drainTimeout().compareTo(GRACE_PERIOD) >= 0) {
            return ReadinessItem.warn(
                    "drain",
                    "stop",
                    "calls under way have " + time + ", a pod is killed after 30s by default",
                    "set lifecycle.drain-timeout some seconds below terminationGracePeriodSeconds, such as 25s");
        }
        return ReadinessItem.pass("drain", "stop", "calls under way have " + time + ", less than a pod's usual 30s");
    }

    private ReadinessItem warmUp() {
        if (lifecycle.warmUp()) {
            return ReadinessItem.pass("warm-up", "start", "warmed up before it is ready");
        }
        return ReadinessItem.warn(
                "warm-up", "start", "the first calls meet code that is not compiled", "set lifecycle.warm-up = true");
    }
}
