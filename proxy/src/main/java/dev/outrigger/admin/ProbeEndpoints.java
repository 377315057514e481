package dev.outrigger.admin;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * {@code /app-health/CONTAINER/PROBE}: the kubelet's probes of the application, which come to the status port because what goes
 * to the application itself is intercepted. The answer is the application's status, and nothing else of it.
 *
 * <p>A URL on loopback is asked at the address that the kubelet used first, as the kubelet would have, and at loopback if nobody
 * accepts there. A redirect is not followed: its status goes to the kubelet, which takes it for a success.
 *
 * <p>Headers pass, since probes may need some; those that belong to the connection do not.
 */
public final class ProbeEndpoints {
    private final Supplier<Map<String, URI>> probes;
    private final AppClient client;

    /** @param probes of the configuration in force, asked anew for each request */
    public ProbeEndpoints(Supplier<Map<String, URI>> probes, AppClient client) {
        this.probes = probes;
        this.client = client;
    }

    CompletionStage<OpsReply> ask(OpsRequest request) {
        String name = request.variable("container") + '/' + request.variable("probe");
        URI url = probes.get().get(name);
        if (url == null) {
            return CompletableFuture.completedFuture(
                    OpsReply.error(404, "no probe " + name + ", expected one of status.app-probes"));
        }
        CompletionStage<AppClient.Answer> answer =
                switch (url.getScheme()) {
                    case "tcp" -> client.connect(url, request.askedAt());
                    case "grpc" -> client.checkGrpc(url, request.askedAt());
                    default -> client.getStatus(url, headers(request, url), request.askedAt());
                };
        return answer.handle((done, failure) ->
                failure == null ? OpsReply.text(done.status(), "") : OpsReply.error(503, reason(failure)));
    }

    /** Without addresses: the status port is open to the network. */
    private static String reason(Throwable failure) {
        return "the application: " + failure.getMessage();
    }

    private static HttpHeaders headers(OpsRequest request, URI url) {
        HttpHeaders headers = new DefaultHttpHeaders();
        request.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
        for (CharSequence own : new CharSequence[] {
            HttpHeaderNames.CONNECTION,
            HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.EXPECT,
            HttpHeaderNames.TE,
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.UPGRADE
        }) {
            headers.remove(own);
        }
        String host = headers.get(HttpHeaderNames.HOST, "");
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']')) {
            // The kubelet names the port that it asks, which is ours.
            headers.set(HttpHeaderNames.HOST, host.substring(0, colon) + ':' + url.getPort());
        }
        return headers;
    }
}
