package dev.outrigger.upstream;

import dev.outrigger.failure.Reason;
import dev.outrigger.security.PrincipalReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An MCP session: the endpoint that holds it, who opened it, and the calls under way in it.
 *
 * <p>Safe for use by any thread, without locks: its requests come over any number of connections, so on any worker. Most
 * sessions rest most of the time, so the map of calls is made with the first call.
 */
public final class McpSession {
    /** Clients have a handful; the bound is for those that never read their answers. */
    static final int MAX_CALLS = 1024;
    /** Longer headers are compared anew each time, as a full table of them would take gigabytes. */
    static final int MAX_REMEMBERED_CHARS = 2048;

    /** Between two notes of its use. */
    private static final long TOUCH_NANOS = 100_000_000;

    private static final Logger LOG = System.getLogger(McpSession.class.getName());

    private final String id;
    private final Endpoint endpoint;
    private final long openedNanos;
    private final @Nullable String principal;
    private final @Nullable String peer;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable ConcurrentHashMap<String, SessionCall>> calls = new AtomicReference<>();
    private volatile String protocolVersion = "";
    /** Racy on purpose: a use too many noted does no harm. */
    private volatile long touchedNanos;

    private volatile @Nullable String admitted;
    private volatile @Nullable SessionStream stream;
    /** What ends it once it has no calls; null as long as it may live on. */
    private volatile @Nullable Consumer<McpSession> retirement;

    /**
     * @param authorization header of the request that opened the session
     * @param peer who opened it by the certificate of its connection; null without
     */
    McpSession(String id, Endpoint endpoint, long openedNanos, @Nullable String authorization, @Nullable String peer) {
        this.id = id;
        this.endpoint = endpoint;
        this.openedNanos = openedNanos;
        this.touchedNanos = openedNanos;
        this.peer = peer;
        this.principal = PrincipalReader.read(authorization);
        remember(authorization);
    }

    /** A credential: who knows it can speak in the session. */
    public String id() {
        return id;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    public long openedNanos() {
        return openedNanos;
    }

    /** Whether its use is to be noted again; if so, it will be. */
    boolean isDueForTouch(long nowNanos) {
        if (nowNanos - touchedNanos < TOUCH_NANOS) {
            return false;
        }
        touchedNanos = nowNanos;
        return true;
    }

    /** Who opened it, see {@link PrincipalReader}; null if that is not known. */
    public @Nullable String principal() {
        return principal;
    }

    /** What client and server agreed on; empty while that is not known. */
    public String protocolVersion() {
        return protocolVersion;
    }

    public void protocolVersion(String version) {
        protocolVersion = version;
    }

    /**
     * Whether a request may be one of this session's: false only if it names an identity and another one opened the session. Then
     * the session does not exist for it. See {@link PrincipalReader} for what that is worth.
     *
     * <p>A session that was opened with a certificate is only for connections with one of the same identity: that was proved, and
     * who lacks it does not get around it by another listener.
     *
     * <p>Remembers the last header that passed, as text that is in memory with the request anyway, so that a client which keeps
     * its token is compared and not parsed.
     *
     * @param authorization the {@code Authorization} header
     * @param other who asks by the certificate of its connection; null without
     */
    public boolean admits(@Nullable String authorization, @Nullable String other) {
        return (peer == null || peer.equals(other)) && admits(authorization);
    }

    private boolean admits(@Nullable String authorization) {
        if (principal == null || authorization == null || authorization.equals(admitted)) {
            return true;
        }
        String other = PrincipalReader.read(authorization);
        if (other == null) {
            return true;
        }
        if (!other.equals(principal)) {
            return false;
        }
        remember(authorization);
        return true;
    }

    private void remember(@Nullable String authorization) {
        if (principal != null && authorization != null && authorization.length() <= MAX_REMEMBERED_CHARS) {
            admitted = authorization;
        }
    }

    /** All its answers come on this stream: it is one of HTTP+SSE. */
    public void stream(SessionStream carrier) {
        stream = carrier;
    }

    /** Ends a call with an error on the session's stream, if it has one. */
    public void writeError(byte[] rpcId, Reason reason) {
        SessionStream carrier = stream;
        if (carrier != null) {
            carrier.writeError(rpcId, reason);
        }
    }

    /** Whether it has ended, for whatever reason; it never begins again. */
    public boolean isOver() {
        return over.get();
    }

    /**
     * Notes a call that is under way.
     *
     * @param rpcId the id as JSON text, so that {@code 1} and {@code "1"} are two
     * @return false, and the call is never told anything, if the id is taken, the session is over, or it has {@value #MAX_CALLS}
     *     already (some more if several threads add at the same moment)
     */
    public boolean add(String rpcId, SessionCall call) {
        ConcurrentHashMap<String, SessionCall> all = calls.get();
        if (all == null) {
            ConcurrentHashMap<String, SessionCall> made = new ConcurrentHashMap<>(4);
            all = calls.compareAndSet(null, made) ? made : calls.get();
        }
        if (all == null || isOver() || all.mappingCount() >= MAX_CALLS || all.putIfAbsent(rpcId, call) != null) {
            return false;
        }
        // An end that began meanwhile may have passed this call by; then it is still here, and nobody was told.
        return !isOver() || !all.remove(rpcId, call);
    }

    public @Nullable SessionCall find(String rpcId) {
        ConcurrentHashMap<String, SessionCall> all = calls.get();
        return all == null ? null : all.get(rpcId);
    }

    /** Takes a call out, to be told its end by the caller alone. */
    public @Nullable SessionCall take(String rpcId) {
        ConcurrentHashMap<String, SessionCall> all = calls.get();
        SessionCall taken = all == null ? null : all.remove(rpcId);
        if (taken != null) {
            endIfAtRest();
        }
        return taken;
    }

    /** @return whether the call was there; if not, somebody else has taken it */
    public boolean remove(String rpcId, SessionCall call) {
        ConcurrentHashMap<String, SessionCall> all = calls.get();
        boolean removed = all != null && all.remove(rpcId, call);
        if (removed) {
            endIfAtRest();
        }
        return removed;
    }

    public void forEachCall(BiConsumer<String, SessionCall> action) {
        ConcurrentHashMap<String, SessionCall> all = calls.get();
        if (all != null) {
            all.forEach(action);
        }
    }

    public int callsUnderWay() {
        ConcurrentHashMap<String, SessionCall> all = calls.get();
        return all == null ? 0 : all.size();
    }

    /** Ends it as soon as no call is under way: now, or with the one that is taken out last. */
    void retire(Consumer<McpSession> end) {
        retirement = end;
        endIfAtRest();
    }

    private void endIfAtRest() {
        Consumer<McpSession> end = retirement;
        if (end != null && !isOver() && callsUnderWay() == 0) {
            end.accept(this);
        }
    }

    /**
     * Ends it and tells the calls that are left.
     *
     * @return whether this was the call that ended it
     */
    boolean finish() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        forEachCall((rpcId, call) -> {
            if (remove(rpcId, call)) {
                tell(call);
            }
        });
        return true;
    }

    /** A defect in one call must not keep the others waiting. */
    private void tell(SessionCall call) {
        try {
            call.onSessionEnd();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a call was told of the end of its session and failed", e);
        }
    }
}
