package dev.outrigger.demo;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Streamable HTTP with sessions: revisions 2025-03-26 to 2025-11-25. */
final class LegacyEra {
    static final String SESSION_HEADER = "Mcp-Session-Id";

    /** A batch's answers are held until the last one is there. */
    private static final int MAX_BATCH = 64;

    private final Tools tools;
    private final Sessions sessions;

    LegacyEra(Tools tools, Sessions sessions) {
        this.tools = tools;
        this.sessions = sessions;
    }

    void post(Request request, Json body, HttpAnswer answer) {
        if (body instanceof Json.Arr batch) {
            postBatch(request, batch.items(), answer);
            return;
        }
        Message message = Message.of(body);
        if (message.kind() == Message.Kind.INVALID) {
            refuse(answer, HttpResponseStatus.BAD_REQUEST, message.id(), "expected one JSON-RPC 2.0 message");
            return;
        }
        if (message.isRequest("initialize")) {
            initialize(message, answer);
            return;
        }
        Session session = session(request, message.id(), answer);
        if (session == null) {
            return;
        }
        if (message.kind() == Message.Kind.REQUEST) {
            dispatch(session, message, answer);
        } else {
            observe(session, message);
            answer.accepted();
        }
    }

    /** GET: a stream for messages of the server's own. This server has none to send, and keeps it open. */
    void listen(Request request, HttpAnswer answer) {
        Session session = session(request, null, answer);
        if (session == null) {
            return;
        }
        if (!request.acceptsEvents()) {
            refuse(answer, HttpResponseStatus.NOT_ACCEPTABLE, null, "expected Accept text/event-stream");
            return;
        }
        session.addStream(answer);
        answer.openStream();
    }

    /** DELETE. */
    void endSession(Request request, HttpAnswer answer) {
        Session session = session(request, null, answer);
        if (session != null) {
            sessions.remove(session);
            answer.noContent();
        }
    }

    private void initialize(Message message, HttpAnswer answer) {
        String id = message.requestId();
        String wanted = message.params().text("protocolVersion");
        if (wanted == null) {
            answer.complete(Rpc.error(id, Rpc.INVALID_PARAMS, "protocolVersion: expected a string"));
            return;
        }
        String version = ProtocolVersion.LEGACY.contains(wanted) ? wanted : ProtocolVersion.LEGACY.get(0);
        answer.header(SESSION_HEADER, sessions.open(version).id());
        answer.complete(Rpc.result(id, Era.LEGACY, json -> {
            json.name("protocolVersion").value(version);
            json.name("serverInfo");
            Era.writeServerInfo(json);
            Era.writeIntroduction(json);
        }));
    }

    private void dispatch(Session session, Message message, Answer answer) {
        String id = message.requestId();
        session.begin(id, answer);
        switch (message.method()) {
            case "ping" -> answer.complete(Rpc.result(id, Era.LEGACY, json -> {}));
            case "tools/list" -> answer.complete(Rpc.result(id, Era.LEGACY, tools::writeList));
            case "tools/call" -> tools.call(message, Era.LEGACY, answer);
            case "initialize" ->
                answer.complete(Rpc.error(id, Rpc.INVALID_REQUEST, "initialize cannot be part of a batch"));
            default -> answer.complete(Rpc.error(id, Rpc.METHOD_NOT_FOUND, "no method " + message.method()));
        }
    }

    /** A notification, or a response to a request that this server never sends. */
    private static void observe(Session session, Message message) {
        if (message.method().equals("notifications/cancelled")) {
            String id = message.params().rawId("requestId");
            if (id != null) {
                session.cancel(id);
            }
        }
    }

    private void postBatch(Request request, List<Json> items, HttpAnswer answer) {
        Session session = session(request, null, answer);
        if (session == null) {
            return;
        }
        if (!session.protocolVersion().equals(ProtocolVersion.BATCHES)) {
            String problem = "no batches in revision " + session.protocolVersion();
            refuse(answer, HttpResponseStatus.BAD_REQUEST, null, problem);
            return;
        }
        if (items.isEmpty() || items.size() > MAX_BATCH) {
            String problem = "a batch of " + items.size() + " messages, expected 1 to " + MAX_BATCH;
            refuse(answer, HttpResponseStatus.BAD_REQUEST, null, problem);
            return;
        }
        List<Message> messages = items.stream().map(Message::of).toList();
        Batch batch = new Batch(
                answer, (int) messages.stream().filter(Message::isAnswered).count());
        for (Message message : messages) {
            switch (message.kind()) {
                case REQUEST -> dispatch(session, message, batch.part());
                case INVALID ->
                    batch.part()
                            .complete(
                                    Rpc.error(message.id(), Rpc.INVALID_REQUEST, "expected one JSON-RPC 2.0 message"));
                case NOTIFICATION, RESPONSE -> observe(session, message);
            }
        }
    }

    /** The session that the request names; without a good one the request is answered and null returned. */
    private @Nullable Session session(Request request, @Nullable String id, HttpAnswer answer) {
        String version = request.header(ProtocolVersion.HEADER);
        if (version != null && !ProtocolVersion.LEGACY.contains(version)) {
            answer.json(HttpResponseStatus.BAD_REQUEST, Rpc.unsupportedVersion(id, version));
            return null;
        }
        String sessionId = request.header(SESSION_HEADER);
        if (sessionId == null) {
            refuse(
                    answer,
                    HttpResponseStatus.BAD_REQUEST,
                    id,
                    "no " + SESSION_HEADER + " header, expected the one that initialize gave");
            return null;
        }
        Session session = sessions.find(sessionId);
        if (session == null) {
            refuse(answer, HttpResponseStatus.NOT_FOUND, id, "no such session, initialize anew");
        }
        return session;
    }

    private static void refuse(HttpAnswer answer, HttpResponseStatus status, @Nullable String id, String problem) {
        answer.json(status, Rpc.error(id, Rpc.INVALID_REQUEST, problem));
    }
}
