package dev.outrigger.demo;

import org.jspecify.annotations.Nullable;

/**
 * One JSON-RPC message of a client.
 *
 * @param id as it stands in the message; null where there is none or it cannot be one
 * @param method empty for responses and invalid messages
 * @param params empty where there are none
 */
record Message(Kind kind, @Nullable String id, String method, Json.Obj params) {
    enum Kind {
        REQUEST,
        NOTIFICATION,
        RESPONSE,
        INVALID
    }

    static Message of(Json json) {
        if (!(json instanceof Json.Obj object)) {
            return new Message(Kind.INVALID, null, "", Json.Obj.EMPTY);
        }
        String id = object.rawId("id");
        String method = object.text("method");
        boolean idIsSound = !object.has("id") || id != null;
        boolean paramsAreSound = !object.has("params") || object.hasObject("params");
        if (!"2.0".equals(object.text("jsonrpc")) || !idIsSound || !paramsAreSound) {
            return new Message(Kind.INVALID, id, "", Json.Obj.EMPTY);
        }
        if (method != null) {
            return new Message(id == null ? Kind.NOTIFICATION : Kind.REQUEST, id, method, object.object("params"));
        }
        boolean isResponse = id != null && (object.has("result") || object.has("error"));
        return new Message(isResponse ? Kind.RESPONSE : Kind.INVALID, id, "", Json.Obj.EMPTY);
    }

    boolean isRequest(String wanted) {
        return kind == Kind.REQUEST && method.equals(wanted);
    }

    /** Whether the sender waits for an answer to it. */
    boolean isAnswered() {
        return kind == Kind.REQUEST || kind == Kind.INVALID;
    }

    /** The id of a request, which always has one. */
    String requestId() {
        if (id == null) {
            throw new IllegalStateException("a " + kind + " has no id, expected a REQUEST");
        }
        return id;
    }
}
