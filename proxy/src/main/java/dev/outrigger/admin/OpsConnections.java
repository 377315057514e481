package dev.outrigger.admin;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of one operations port, bounded. When one too many arrives, the one that has waited longest for its
 * next request gives way: refusing the new one would let a few hundred idle connections lock the kubelet's probes out.
 *
 * <p>Confined to the operations loop.
 */
final class OpsConnections {
    private final int limit;
    private final Set<OpsConnection> waiting = new LinkedHashSet<>();
    private final Set<OpsConnection> answering = new LinkedHashSet<>();
    /** Set once the port closes: completed when the last connection is gone. */
    private @Nullable CompletableFuture<Void> drained;

    OpsConnections(int limit) {
        this.limit = limit;
    }

    /** @return false if all others are in the middle of an answer, or the port closes, so that this one must close */
    boolean admit(OpsConnection connection) {
        if (isDraining()) {
            return false;
        }
        if (waiting.size() + answering.size() >= limit) {
            if (waiting.isEmpty()) {
                return false;
            }
            OpsConnection longest = waiting.iterator().next();
            // Not counted from now on: that it is closed is told later, and others may arrive before.
            waiting.remove(longest);
            longest.close();
        }
        waiting.add(connection);
        return true;
    }

    void waits(OpsConnection connection) {
        answering.remove(connection);
        waiting.add(connection);
    }

    void answers(OpsConnection connection) {
        waiting.remove(connection);
        answering.add(connection);
    }

    void gone(OpsConnection connection) {
        waiting.remove(connection);
        answering.remove(connection);
        completeIfDrained();
    }

    /** Whether an answer is the last one on its connection. */
    boolean isDraining() {
        return drained != null;
    }

    /** Closes what waits for a request; what is in the middle of an answer goes on to its end, and closes then. */
    void drain(CompletableFuture<Void> whenDone) {
        drained = whenDone;
        List.copyOf(waiting).forEach(OpsConnection::close);
        completeIfDrained();
    }

    private void completeIfDrained() {
        if (drained != null && waiting.isEmpty() && answering.isEmpty()) {
            drained.complete(null);
        }
    }

    void closeAll() {
        List<OpsConnection> all = new ArrayList<>(waiting);
        all.addAll(answering);
        all.forEach(OpsConnection::close);
    }
}
