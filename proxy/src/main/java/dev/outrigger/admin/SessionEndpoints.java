package dev.outrigger.admin;

import dev.outrigger.json.JsonWriter;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.McpSession;
import dev.outrigger.upstream.Upstream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * {@code /sessions}: which session is held by which endpoint. A session's id is a credential, so only its beginning is shown:
 * enough to find it in a server's log.
 */
final class SessionEndpoints {
    /** More than anybody reads; a full table would keep the operations loop busy for a second. */
    static final int MAX_LISTED = 1000;

    private static final int SHOWN_CHARS = 8;

    private final Supplier<List<Upstream>> upstreams;
    private final NanoClock clock;

    SessionEndpoints(Supplier<List<Upstream>> upstreams, NanoClock clock) {
        this.upstreams = upstreams;
        this.clock = clock;
    }

    OpsReply list(OpsRequest request) {
        List<Upstream> all = upstreams.get();
        long nowNanos = clock.nanoTime();
        return OpsReply.json(200, json -> {
            json.beginObject().name("sessions").beginArray();
            int left = MAX_LISTED;
            for (Upstream upstream : all) {
                List<McpSession> listed =
                        upstream.sessions().stream().limit(left).toList();
                listed.forEach(session -> write(json, upstream, session, nowNanos));
                left -= listed.size();
            }
            json.endArray();
            json.name("total")
                    .value(all.stream()
                            .mapToLong(upstream -> upstream.sessions().size())
                            .sum());
            json.endObject();
        });
    }

    private static void write(JsonWriter json, Upstream upstream, McpSession session, long nowNanos) {
        json.beginObject();
        json.name("id").value(shortened(session.id()));
        json.name("upstream").value(upstream.name());
        json.name("endpoint").value(session.endpoint().name());
        json.name("protocol_version").value(session.protocolVersion().isEmpty() ? null : session.protocolVersion());
        json.name("age_seconds").value(TimeUnit.NANOSECONDS.toSeconds(nowNanos - session.openedNanos()));
        json.name("calls_under_way").value(session.callsUnderWay());
        json.endObject();
    }

    /** Never more than half of it, should a server's ids be short. */
    private static String shortened(String id) {
        return id.substring(0, Math.min(SHOWN_CHARS, id.length() / 2)) + '\u2026';
    }
}
