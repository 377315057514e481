package dev.outrigger.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.outrigger.time.NanoClock;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one upstream by their ids: bounded, and each forgotten after its client was silent for a while.
 *
 * <p>Shared by all workers, since the requests of one session come over any connection. Caffeine, because its reads and writes
 * take no lock that an eviction holds: the order of use is kept in buffers, and brought up to date on the executor. (Only a
 * thread that finds the buffer of writes full, a few hundred binds ahead of the executor, helps out.) A full table keeps what
 * is used most rather than what is newest, so a flood of sessions that are opened and left does not push out those at work.
 *
 * <p>Noting a use costs more than the look-up and gives work to the executor, so a session that is used all the time has it
 * noted ten times a second at most. Its end by silence is late by as little.
 *
 * <p>A session whose endpoint is gone is remembered as lost for as long as one that rests: whoever asks for it again has to hear
 * that it is over, not what a server says that never knew it. Its client may ask several times, with its stream first and its
 * calls later, and many servers answer an unknown session with 400, upon which no client opens another one.
 *
 * <p>Each session ends once, whoever is first: the caller of {@link #end} and {@link #bind} at once, the executor for what is
 * evicted or expires.
 *
 * <p>All methods may be called by any thread.
 */
public final class SessionTable {
    private final Cache<String, McpSession> sessions;
    private final Cache<String, Boolean> lost;
    private final NanoClock clock;
    private final LongConsumer onEnd;
    private volatile boolean closed;

    /**
     * @param maxSessions the least used ones beyond it are ended
     * @param idleTimeout since the last {@link #find} or {@link #bind} of a session, or since it was lost
     * @param maintenance does what eviction needs, so that no loop does
     * @param onEnd told how long each session lasted, in nanoseconds; called by any thread
     */
    public SessionTable(
            int maxSessions, Duration idleTimeout, Executor maintenance, NanoClock clock, LongConsumer onEnd) {
        this.clock = clock;
        this.onEnd = onEnd;
        this.sessions = Caffeine.newBuilder()
                .maximumSize(maxSessions)
                .expireAfterAccess(idleTimeout)
                .executor(maintenance)
                .ticker(clock::nanoTime)
                .removalListener(this::onRemoval)
                .build();
        this.lost = Caffeine.newBuilder()
                .maximumSize(maxSessions)
                .expireAfterAccess(idleTimeout)
                .executor(maintenance)
                .ticker(clock::nanoTime)
                .build();
    }

    /** The session, which was used just now; null if it is not known, or over. */
    public @Nullable McpSession find(String id) {
        McpSession session = sessions.policy().getIfPresentQuietly(id);
        if (session != null && session.isDueForTouch(clock.nanoTime())) {
            session = sessions.getIfPresent(id);
        }
        return session == null || session.isOver() ? null : session;
    }

    /** {@link #bind(String, Endpoint, String, String)} for a request that does not say who it is from. */
    public McpSession bind(String id, Endpoint endpoint) {
        return bind(id, endpoint, null, null);
    }

    /**
     * Notes which endpoint holds a session. One that is bound to it already is returned as it is; one that is bound to another
     * endpoint is over, as ids are unique per server.
     *
     * @param authorization header of the request that opened the session, or that showed where it is
     * @param peer whose request it was by the certificate of its connection; null without
     */
    public McpSession bind(String id, Endpoint endpoint, @Nullable String authorization, @Nullable String peer) {
        McpSession known = find(id);
        if (known != null && known.endpoint() == endpoint) {
            return known;
        }
        lost.invalidate(id);
        McpSession made = new McpSession(id, endpoint, clock.nanoTime(), authorization, peer);
        McpSession bound = sessions.asMap()
                .merge(id, made, (old, fresh) -> old.endpoint() == endpoint && !old.isOver() ? old : fresh);
        if (known != null && known != bound) {
            finish(known);
        }
        if (closed) {
            end(bound);
        }
        return bound;
    }

    /** Forgets a session and tells its calls. One that was replaced by another of the same id leaves that alone. */
    public void end(McpSession session) {
        sessions.asMap().remove(session.id(), session);
        finish(session);
    }

    /** Ends a session because its endpoint is gone, and remembers that. */
    public void lose(McpSession session) {
        lost.put(session.id(), true);
        end(session);
    }

    /** Whether a session of that id was lost, and no other one of that id was opened since. */
    public boolean isLost(String id) {
        return lost.policy().getIfPresentQuietly(id) != null;
    }

    /**
     * Loses a session as soon as none of its calls is under way, because its endpoint is to be used no more: an answer that is
     * still to come belongs to somebody.
     */
    public void retire(McpSession session) {
        session.retire(this::lose);
    }

    /** {@link #retire(McpSession) Retires} the sessions that other endpoints than these hold. */
    public void retain(Collection<Endpoint> endpoints) {
        stream().filter(session -> !endpoints.contains(session.endpoint())).forEach(this::retire);
    }

    /** Whether an endpoint holds any. */
    public boolean isHeldBy(Endpoint endpoint) {
        return stream().anyMatch(session -> session.endpoint() == endpoint && !session.isOver());
    }

    /** {@link #retire(McpSession) Retires} all; what is bound from now on is over at once. */
    public void retire() {
        closed = true;
        stream().forEach(this::retire);
    }

    /**
     * Sets other bounds.
     *
     * @param maxSessions the least used ones beyond it are ended
     * @param idleTimeout since the last use, for all sessions, and since their loss
     */
    void bounds(int maxSessions, Duration idleTimeout) {
        CacheBounds.set(sessions, maxSessions, idleTimeout);
        CacheBounds.set(lost, maxSessions, idleTimeout);
    }

    /** How many are remembered, as far as the last maintenance knows. */
    public long size() {
        return sessions.estimatedSize();
    }

    /** Those that are remembered now, in no order; looking at them does not count as use. */
    public Stream<McpSession> stream() {
        return sessions.asMap().values().stream();
    }

    /** Ends what has expired; without this, only other use of the table does. Takes the lock that evictions take. */
    public void sweep() {
        sessions.cleanUp();
        lost.cleanUp();
    }

    /** Ends all; what is bound from now on is over at once. */
    public void close() {
        closed = true;
        stream().forEach(this::end);
        sessions.invalidateAll();
    }

    private void onRemoval(@Nullable String id, @Nullable McpSession session, RemovalCause cause) {
        if (session != null) {
            finish(session);
        }
    }

    private void finish(McpSession session) {
        if (session.finish()) {
            onEnd.accept(clock.nanoTime() - session.openedNanos());
        }
    }
}
