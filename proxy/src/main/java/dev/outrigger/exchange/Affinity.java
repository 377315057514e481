package dev.outrigger.exchange;

import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.McpSession;
import dev.outrigger.upstream.SessionTable;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which replica an exchange belongs to, and what its answer teaches about that: the session of the old era in its header or,
 * with HTTP+SSE, in its query; a task by its id.
 */
final class Affinity {
    /** The names that the official SDKs give to the query parameter of HTTP+SSE. */
    private static final String[] SESSION_PARAMETERS = {"sessionId", "session_id"};

    private final Upstream upstream;
    private final HttpRequest head;
    private final @Nullable String peer;
    /** What the upstream keeps requests together by that are of no session. */
    private long key = AffinityKey.NONE;
    /** The value of the cookie that the client gets with the answer. */
    private @Nullable String given;

    private @Nullable String sessionId;
    private @Nullable McpSession session;
    private @Nullable Endpoint endpoint;
    private boolean paired;
    private boolean pinned;

    /** @param peer who the client is by the certificate of its connection; null without */
    Affinity(Upstream upstream, HttpRequest head, @Nullable String peer) {
        this.peer = peer;
        this.upstream = upstream;
        this.head = head;
    }

    /** The session, if the exchange belongs to one that is known. */
    @Nullable
    McpSession session() {
        return session;
    }

    /** Whether the session that the request names is that of who asks, as far as it is known; it counts as used then. */
    boolean admits() {
        String id = head.headers().get(HeaderNames.MCP_SESSION_ID);
        if (id == null) {
            return true;
        }
        McpSession named = upstream.sessions().find(id);
        return named == null ? !isLost(id) : named.admits(authorization(), peer) && !named.isOver();
    }

    /** Whether the answers of the session come on a stream of their own, as with HTTP+SSE. */
    boolean isPaired() {
        return paired;
    }

    /**
     * Chooses where to send the request.
     *
     * @param facts null if it is not MCP
     * @param clientAddress without port
     * @param random makes the values of new cookies
     * @return null if the session's replica is gone
     */
    @Nullable
    EndpointPool choose(
            UpstreamPools pools,
            @Nullable McpFacts facts,
            boolean modern,
            String clientAddress,
            RandomGenerator random) {
        if (!modern) {
            findSession();
        }
        McpSession known = session;
        if (known == null && sessionId != null && isLost(sessionId)) {
            return null;
        }
        if (known != null && (!known.admits(authorization(), peer) || known.isOver())) {
            session = null;
            return null;
        }
        EndpointPool pool = isBound() ? owner(pools, facts) : null;
        if (pool == null && known != null && isBound()) {
            leave(known);
            return null;
        }
        findKey(clientAddress, random);
        boolean keyed = key != AffinityKey.NONE;
        // A session that is not known here is most likely held where its key leads.
        pinned = pool != null || (keyed && sessionId != null);
        if (pool == null) {
            pool = keyed ? pools.pickFor(key) : pools.pick();
        }
        endpoint = pool.endpoint();
        return pool;
    }

    private void findKey(String clientAddress, RandomGenerator random) {
        key = AffinityKey.of(upstream.config(), head, clientAddress);
        if (key == AffinityKey.NONE && AffinityKey.isGiven(upstream.config())) {
            String made = AffinityKey.cookie(random.nextLong());
            key = AffinityKey.ofText(made);
            given = made;
        }
    }

    /**
     * Where else a request may be sent: to the same replica if a session or a task binds it, else to another one if there is one.
     * A key only says where requests had best go: one replica that fails is no reason to fail them, and the same key goes to the
     * same other one.
     */
    EndpointPool another(UpstreamPools pools, EndpointPool failed) {
        if (pinned) {
            return failed;
        }
        return key == AffinityKey.NONE ? pools.pickOther(failed) : pools.pickOtherFor(key, failed);
    }

    /** A request is sent to another replica than the one chosen first. */
    void goesTo(Endpoint taken) {
        endpoint = taken;
    }

    /** Whether it has to go where it went, for a session or a task; a key alone does not bind. */
    boolean isPinned() {
        return pinned;
    }

    /** Whether its session is known and held by the replica that it was sent to. */
    boolean isOwned() {
        return pinned && session != null;
    }

    private @Nullable String authorization() {
        return head.headers().get(HttpHeaderNames.AUTHORIZATION);
    }

    /** Other replicas know nothing of it, and may say so in words that its client does not understand. */
    private boolean isLost(String id) {
        return isBound() && upstream.sessions().isLost(id);
    }

    private boolean isBound() {
        return upstream.config().sessionAffinity() != UpstreamConfig.SessionAffinity.NONE;
    }

    private @Nullable EndpointPool owner(UpstreamPools pools, @Nullable McpFacts facts) {
        McpSession known = session;
        if (known != null) {
            return known.endpoint().isDead() ? null : pools.of(known.endpoint());
        }
        String taskId = facts == null ? null : facts.taskIdText();
        Endpoint holder = taskId == null ? null : upstream.tasks().find(taskId);
        return holder == null || holder.isDead() ? null : pools.of(holder);
    }

    /** A dead endpoint has lost what it held; one that is configured no more may still answer what was asked before. */
    private void leave(McpSession held) {
        if (held.endpoint().isDead()) {
            lose();
        } else {
            session = null;
            upstream.sessions().retire(held);
        }
    }

    private void findSession() {
        SessionTable sessions = upstream.sessions();
        String id = head.headers().get(HeaderNames.MCP_SESSION_ID);
        if (id == null && sessions.size() > 0 && head.method().equals(HttpMethod.POST)) {
            id = parameter(head.uri());
            paired = id != null;
        }
        sessionId = id;
        session = id == null ? null : sessions.find(id);
        paired &= session != null;
    }

    /** The session that a request names; null without. */
    static @Nullable String sessionOf(HttpRequest head) {
        String id = head.headers().get(HeaderNames.MCP_SESSION_ID);
        return id == null && head.method().equals(HttpMethod.POST) ? parameter(head.uri()) : id;
    }

    private static @Nullable String parameter(String uri) {
        int query = uri.indexOf('?');
        if (query < 0 || uri.indexOf("ession", query) < 0) {
            return null;
        }
        Map<String, List<String>> parameters = new QueryStringDecoder(uri).parameters();
        for (String name : SESSION_PARAMETERS) {
            List<String> values = parameters.get(name);
            if (values != null && !values.get(0).isEmpty()) {
                return values.get(0);
            }
        }
        return null;
    }

    /** Learns from the head of an answer. */
    void onHead(HttpResponse response, @Nullable McpMethod method) {
        if (given != null) {
            AffinityKey.give(given, upstream.config(), response);
        }
        int status = response.status().code();
        String offered = response.headers().get(HeaderNames.MCP_SESSION_ID);
        boolean fine = status >= 200 && status < 300;
        if (head.method().equals(HttpMethod.DELETE)) {
            if (fine || status == HttpResponseStatus.NOT_FOUND.code()) {
                end();
            }
        } else if (status == HttpResponseStatus.NOT_FOUND.code()) {
            end();
        } else if (fine && method == McpMethod.INITIALIZE && offered != null) {
            bind(offered);
        } else if (fine && session == null && sessionId != null && !paired) {
            bind(sessionId);
        }
    }

    /** Learns the session of an HTTP+SSE stream from its first event. */
    void onEndpoint(String uri) {
        String id = parameter(uri);
        if (id != null) {
            bind(id);
        }
    }

    private void bind(String id) {
        Endpoint chosen = endpoint;
        if (chosen != null && !id.isEmpty()) {
            session = upstream.sessions().bind(id, chosen, authorization(), peer);
        }
    }

    /** Learns the task that an answer speaks of. */
    void onTask(String taskId) {
        Endpoint chosen = endpoint;
        if (chosen != null) {
            upstream.tasks().bind(taskId, chosen);
        }
    }

    /**
     * The connection failed.
     *
     * @return whether the session that the request names is lost with it, be it known or not: whoever held it is gone
     */
    boolean isLostBy(Reason reason) {
        boolean gone = reason == Reason.CONNECT_REFUSED || reason == Reason.CONNECT_FAILED;
        if (sessionId == null || !gone || !isBound()) {
            return false;
        }
        lose();
        return true;
    }

    /** Who held the session is gone. */
    private void lose() {
        if (session != null) {
            upstream.sessions().lose(session);
            session = null;
        }
    }

    /** The session is over, by the client or by the server. */
    void end() {
        if (session != null) {
            upstream.sessions().end(session);
            session = null;
        }
    }
}
