package dev.outrigger.demo;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One legacy client's session: the version agreed on, its open streams and its calls under way. */
final class Session {
    private final String id;
    private final String protocolVersion;
    private final Set<Answer> streams = new HashSet<>();
    private final Map<String, Answer> calls = new HashMap<>();

    Session(String id, String protocolVersion) {
        this.id = id;
        this.protocolVersion = protocolVersion;
    }

    String id() {
        return id;
    }

    String protocolVersion() {
        return protocolVersion;
    }

    void addStream(Answer stream) {
        streams.add(stream);
        stream.onEnd(() -> streams.remove(stream));
    }

    /** @param requestId as it stands in the request: {@code 1} and {@code "1"} are two calls */
    void begin(String requestId, Answer answer) {
        calls.put(requestId, answer);
        answer.onEnd(() -> calls.remove(requestId, answer));
    }

    /** Ends the call without a result, as the client asked; a call unknown or finished is none of our concern. */
    void cancel(String requestId) {
        Answer answer = calls.get(requestId);
        if (answer != null) {
            answer.cancel();
        }
    }

    void close() {
        List.copyOf(streams).forEach(Answer::cancel);
        List.copyOf(calls.values()).forEach(Answer::cancel);
    }
}
