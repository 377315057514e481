package dev.outrigger.upstream;

import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.failure.Failure;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends a GET, and takes the answers that the configuration names for fine. */
final class HttpProbe implements Probe, ProbeRequest.Listener {
    static final String USER_AGENT = "outrigger-health-check";
    static final String ANSWER_TIMEOUT = "answer timeout";
    private static final byte[] NO_BODY = {};

    private final ProbeConnections connections;
    private final EndpointPool pool;
    private final Probe connect;
    private final String path;
    private final List<String> statuses;
    private @Nullable ProbeRequest request;
    private @Nullable Listener listener;

    /** @param connect for what can not be asked yet */
    HttpProbe(ProbeConnections connections, EndpointPool pool, HealthCheckConfig config, Probe connect) {
        this.connections = connections;
        this.pool = pool;
        this.connect = connect;
        this.path = config.httpPath();
        this.statuses = config.httpStatus();
    }

    @Override
    public void begin(Listener told) {
        listener = told;
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
        head.headers().set(HttpHeaderNames.HOST, pool.endpoint().name()).set(HttpHeaderNames.USER_AGENT, USER_AGENT);
        request = connections.send(pool, head, NO_BODY, this);
    }

    @Override
    public String cut() {
        listener = null;
        ProbeRequest current = request;
        if (current != null) {
            current.cancel();
        }
        String connecting = connect.cut();
        return current != null && current.isSent() ? ANSWER_TIMEOUT : connecting;
    }

    @Override
    public void onAnswer(HttpResponse head, boolean result) {
        int status = head.status().code();
        tell(statuses.stream().anyMatch(form -> matches(form, status)) ? EndpointHealth.NO_ERROR : "status " + status);
    }

    @Override
    public void onFailed(Failure failure) {
        Listener told = listener;
        if (ProbeConnections.isTooEarly(failure) && told != null) {
            connect.begin(told);
        } else {
            tell(ProbeConnections.phrase(failure));
        }
    }

    private void tell(String error) {
        Listener told = listener;
        listener = null;
        if (told != null) {
            told.onResult(error);
        }
    }

    /** @param form a status, or its first digit and {@code xx} */
    private static boolean matches(String form, int status) {
        return form.endsWith("xx") ? form.charAt(0) - '0' == status / 100 : form.equals(Integer.toString(status));
    }
}
