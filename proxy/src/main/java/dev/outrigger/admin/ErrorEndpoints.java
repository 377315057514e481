package dev.outrigger.admin;

import dev.outrigger.json.JsonWriter;
import dev.outrigger.record.RefusedRequest;
import java.util.concurrent.CompletionStage;

/** {@code /errors}: the last requests that were refused because of their form, as HAProxy's {@code show errors} has the last. */
final class ErrorEndpoints {
    private final RefusalSource refusals;

    ErrorEndpoints(RefusalSource refusals) {
        this.refusals = refusals;
    }

    CompletionStage<OpsReply> list(OpsRequest request) {
        return refusals.last()
                .thenApply(last -> OpsReply.json(200, json -> {
                    json.beginObject().name("errors").beginArray();
                    last.forEach(refusal -> write(json, refusal));
                    json.endArray().endObject();
                }));
    }

    private static void write(JsonWriter json, RefusalSource.Refusal refusal) {
        RefusedRequest request = refusal.request();
        json.beginObject();
        json.name("time").value(refusal.at().toString());
        json.name("listener").value(refusal.listener());
        json.name("client").value(request.client());
        json.name("reason").value(request.reason().label());
        json.name("status").value(request.reason().status());
        json.name("detail").value(request.detail());
        json.name("request_line").value(request.requestLine().isEmpty() ? null : request.requestLine());
        json.name("headers").beginArray();
        request.headers().forEach(json::value);
        json.endArray();
        json.name("bytes").value(request.bytes().isEmpty() ? null : request.bytes());
        json.endObject();
    }
}
