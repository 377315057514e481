package dev.outrigger.upstream;

import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.failure.Failure;
import dev.outrigger.http.HeaderNames;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Asks as an MCP client does at first: {@code server/discover}, and where the server does not know that, {@code initialize}.
 * What kind of server it is is remembered, until it is asked in vain.
 *
 * <p>{@code initialize} makes a session in most servers, which nobody will use: it is ended at once. That holds too if its
 * answer comes only after the check has given up, or a server that is slow would fill with them.
 *
 * <p>That a server asks who is there, with 401 or 403, is as good an answer as any: it works, and has no use for a check.
 */
final class McpProbe implements Probe {
    /** How long the answer to {@code initialize} is still waited for, for the sake of its session, and that to its end. */
    private static final long LINGER_NANOS = 15_000_000_000L;

    private static final String MODERN = "2026-07-28";
    private static final String LEGACY = "2025-11-25";
    private static final String CLIENT = "{\"name\":\"" + HttpProbe.USER_AGENT + "\",\"version\":\"1\"}";
    private static final byte[] DISCOVER =
            ascii("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/discover\",\"params\":{"
                    + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"" + MODERN + "\","
                    + "\"io.modelcontextprotocol/clientInfo\":" + CLIENT
                    + ",\"io.modelcontextprotocol/clientCapabilities\":{}}}}");
    private static final byte[] INITIALIZE =
            ascii("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{" + "\"protocolVersion\":\""
                    + LEGACY + "\",\"capabilities\":{},\"clientInfo\":" + CLIENT + "}}");
    private static final byte[] NO_BODY = {};

    private final ProbeConnections connections;
    private final EndpointPool pool;
    private final Probe connect;
    private final String path;
    private boolean legacy;
    private @Nullable ProbeRequest request;
    private @Nullable Listener listener;
    /** How often it was begun: what an earlier time is still waited for is nothing to a later one. */
    private int times;

    /** @param connect for what can not be asked yet */
    McpProbe(ProbeConnections connections, EndpointPool pool, HealthCheckConfig config, Probe connect) {
        this.connections = connections;
        this.pool = pool;
        this.connect = connect;
        this.path = config.mcpPath();
    }

    @Override
    public void begin(Listener told) {
        listener = told;
        times++;
        if (legacy) {
            initialize();
        } else {
            discover();
        }
    }

    @Override
    public String cut() {
        listener = null;
        ProbeRequest current = request;
        String connecting = connect.cut();
        if (current == null || current.isOver()) {
            return connecting;
        }
        boolean sent = current.isSent();
        if (sent && legacy) {
            connections.cancelLater(current, LINGER_NANOS);
        } else {
            current.cancel();
        }
        return sent ? HttpProbe.ANSWER_TIMEOUT : connecting;
    }

    private void discover() {
        int time = times;
        HttpRequest head = post(DISCOVER);
        head.headers().set(HeaderNames.MCP_PROTOCOL_VERSION, MODERN).set(HeaderNames.MCP_METHOD, "server/discover");
        request = connections.send(pool, head, DISCOVER, new ProbeRequest.Listener() {
            @Override
            public void onAnswer(HttpResponse answer, boolean result) {
                int status = answer.status().code();
                if (result || asksWhoIsThere(status)) {
                    tell(time, EndpointHealth.NO_ERROR);
                } else if (status >= HttpResponseStatus.INTERNAL_SERVER_ERROR.code()) {
                    tell(time, "status " + status);
                } else if (listener != null) {
                    legacy = true;
                    initialize();
                }
            }

            @Override
            public void onFailed(Failure failure) {
                fail(time, failure);
            }
        });
    }

    private void initialize() {
        int time = times;
        request = connections.send(pool, post(INITIALIZE), INITIALIZE, new ProbeRequest.Listener() {
            @Override
            public void onAnswer(HttpResponse answer, boolean result) {
                int status = answer.status().code();
                String session = answer.headers().get(HeaderNames.MCP_SESSION_ID);
                if (session != null) {
                    end(session);
                }
                boolean fine = result || asksWhoIsThere(status);
                legacy = time == times ? fine : legacy;
                tell(time, fine ? EndpointHealth.NO_ERROR : status < 300 ? "no MCP result" : "status " + status);
            }

            @Override
            public void onFailed(Failure failure) {
                fail(time, failure);
            }
        });
    }

    /** Nobody waits for the answer: a server may refuse to end sessions on demand. */
    private void end(String session) {
        HttpRequest head = request(HttpMethod.DELETE);
        head.headers().set(HeaderNames.MCP_SESSION_ID, session).set(HeaderNames.MCP_PROTOCOL_VERSION, LEGACY);
        ProbeRequest sent = connections.send(pool, head, NO_BODY, new ProbeRequest.Listener() {
            @Override
            public void onAnswer(HttpResponse answer, boolean result) {
                // Nothing follows.
            }

            @Override
            public void onFailed(Failure failure) {
                // The server forgets it in its own time.
            }
        });
        connections.cancelLater(sent, LINGER_NANOS);
    }

    private static boolean asksWhoIsThere(int status) {
        return status == HttpResponseStatus.UNAUTHORIZED.code() || status == HttpResponseStatus.FORBIDDEN.code();
    }

    private void fail(int time, Failure failure) {
        Listener told = listener;
        if (ProbeConnections.isTooEarly(failure) && told != null && time == times) {
            connect.begin(told);
        } else {
            tell(time, ProbeConnections.phrase(failure));
        }
    }

    private void tell(int time, String error) {
        Listener told = time == times ? listener : null;
        if (told != null) {
            listener = null;
            told.onResult(error);
        }
    }

    private HttpRequest post(byte[] body) {
        HttpRequest head = request(HttpMethod.POST);
        HttpHeaders headers = head.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        headers.set(HttpHeaderNames.ACCEPT, "application/json, text/event-stream");
        return head;
    }

    private HttpRequest request(HttpMethod method) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, path);
        head.headers()
                .set(HttpHeaderNames.HOST, pool.endpoint().name())
                .set(HttpHeaderNames.USER_AGENT, HttpProbe.USER_AGENT);
        return head;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
