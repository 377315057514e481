package dev.outrigger.admin;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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

    OpsConnections(int limit) {
        this.limit = limit;
    }

    /** @return false if all others are in the middle of an answer, so that this one must close */
    boolean admit(OpsConnection connection) {
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
    }

    void closeAll() {
        List<OpsConnection> all = new ArrayList<>(waiting);
        all.addAll(answering);
        all.forEach(OpsConnection::close);
    }
}
