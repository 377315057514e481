package dev.outrigger.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.outrigger.time.NanoClock;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint holds which task: {@code tasks/get} and its like must reach the replica that works on it. Bounded like
 * {@link SessionTable}, and a task is forgotten when nobody has asked for it for a while.
 *
 * <p>All methods may be called by any thread; maintenance is the executor's.
 */
public final class TaskTable {
    private final Cache<String, Endpoint> endpoints;

    /**
     * @param maxTasks the least used ones beyond it are forgotten
     * @param timeToLive since a task was made or last asked for
     */
    public TaskTable(int maxTasks, Duration timeToLive, Executor maintenance, NanoClock clock) {
        this.endpoints = Caffeine.newBuilder()
                .maximumSize(maxTasks)
                .expireAfterAccess(timeToLive)
                .executor(maintenance)
                .ticker(clock::nanoTime)
                .build();
    }

    /** The endpoint that holds the task, if that is known. */
    public @Nullable Endpoint find(String taskId) {
        return endpoints.getIfPresent(taskId);
    }

    public void bind(String taskId, Endpoint endpoint) {
        endpoints.put(taskId, endpoint);
    }

    /** Whether an endpoint holds any that may still be asked for. */
    public boolean isHeldBy(Endpoint endpoint) {
        return endpoints.asMap().containsValue(endpoint);
    }

    /**
     * Sets other bounds.
     *
     * @param maxTasks the least used ones beyond it are forgotten
     * @param timeToLive since a task was made or last asked for, for all tasks
     */
    void bounds(int maxTasks, Duration timeToLive) {
        CacheBounds.set(endpoints, maxTasks, timeToLive);
    }

    public long size() {
        return endpoints.estimatedSize();
    }

    /** Forgets what has expired. */
    public void sweep() {
        endpoints.cleanUp();
    }
}
