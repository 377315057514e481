package dev.outrigger.admin;

import java.util.concurrent.CompletionStage;

/** Where {@code /metrics} comes from. Collecting asks every worker, so the answer comes later and on another thread. */
@FunctionalInterface
public interface MetricsSource {
    /**
     * @param accept the request's {@code Accept}, empty if it has none; decides the format
     * @return status 200 with the content type of the format chosen
     */
    CompletionStage<OpsReply> render(String accept);

    /** The same as an endpoint. */
    default OpsEndpoint endpoint() {
        return request -> render(request.accept());
    }
}
