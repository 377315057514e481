package dev.outrigger.exchange;

import dev.outrigger.mcp.McpFacts;
import dev.outrigger.runtime.Destinations;
import dev.outrigger.runtime.TrafficShift;
import dev.outrigger.upstream.SessionTable;
import dev.outrigger.upstream.Upstream;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which upstream one exchange goes to, where its route leads to several: the one that holds its session or task, else one by
 * weight, else an alternate if that is of no use.
 *
 * <p>It is decided in steps, as more becomes known: by the head at first, since the body is read with the tools of an upstream
 * in mind; once the message is known by its task and by which upstreams are of use; and for the last time when a breaker
 * refuses, because another exchange may have taken the one probe that was free. Exchanges of routes with one upstream have none
 * of this.
 */
final class Destination {
    private final Destinations targets;
    private Upstream upstream;
    private boolean bound;
    private int moves;

    /** Decides by the head. */
    Destination(Destinations targets, HttpRequest head, RandomGenerator random) {
        this.targets = targets;
        String session = Affinity.sessionOf(head);
        Upstream holder = session == null ? null : holderOf(session);
        bound = holder != null;
        // A session that nobody knows goes to the same upstream each time: half of its requests at the right one helps
        // nobody.
        upstream = holder != null ? holder : targets.choose(session == null ? random.nextInt() : spread(session));
    }

    Upstream upstream() {
        return upstream;
    }

    /** What judges the calls of the upstream because requests move to it; null if none do. */
    @Nullable
    TrafficShift shift() {
        return targets.shiftTo(upstream);
    }

    /**
     * Decides by the message.
     *
     * @param message null if there is none
     * @return whether it goes elsewhere than it seemed
     */
    boolean settle(@Nullable McpFacts message, long nowNanos) {
        String task = message == null ? null : message.taskIdText();
        Upstream holder = task == null || bound ? null : ownerOf(task);
        if (holder != null) {
            bound = true;
            boolean moved = holder != upstream;
            upstream = holder;
            return moved;
        }
        return !upstream.mayServe(nowNanos) && moveOn(nowNanos);
    }

    /**
     * The upstream has refused the request before any of it was sent.
     *
     * @return whether there is another one to try
     */
    boolean moveOn(long nowNanos) {
        Upstream other = bound || moves >= targets.all().size() ? null : targets.insteadOf(upstream, nowNanos);
        if (other == null) {
            return false;
        }
        moves++;
        upstream = other;
        return true;
    }

    private @Nullable Upstream holderOf(String session) {
        List<Upstream> all = targets.all();
        for (int i = 0; i < all.size(); i++) {
            SessionTable sessions = all.get(i).sessions();
            if (sessions.find(session) != null || sessions.isLost(session)) {
                return all.get(i);
            }
        }
        return null;
    }

    private @Nullable Upstream ownerOf(String task) {
        List<Upstream> all = targets.all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).tasks().find(task) != null) {
                return all.get(i);
            }
        }
        return null;
    }

    /** Multiplied by the golden ratio, since the hashes of similar texts differ in their low bits only. */
    private static int spread(String text) {
        return text.hashCode() * 0x9E3779B9;
    }
}
