package dev.outrigger.exchange;

/** Where an exchange is. Every change is one of those listed here. */
enum State {
    /** Its head is here; nothing is decided. */
    HEAD,
    /** An MCP body is read until its method and tool are known; nothing is sent yet. */
    SCANNING,
    /** All is known, but something has to come first: a place among those under way. Its body is held, nothing is sent yet. */
    WAITING,
    /** A connection is awaited, or the request is being sent; the client has seen nothing yet. */
    ATTEMPTING,
    /** The client has seen the head of the answer. */
    STREAMING,
    /** Refused, but the id that the answer has to echo has not arrived: the body is read on and dropped. */
    REFUSING,
    DONE;

    /** @throws IllegalStateException if the walk of a request has no such step */
    State to(State target) {
        boolean allowed =
                switch (this) {
                    case HEAD -> target == SCANNING || target == WAITING || target == ATTEMPTING || target == DONE;
                    case SCANNING -> target == WAITING || target == ATTEMPTING || target == REFUSING || target == DONE;
                    case WAITING -> target == ATTEMPTING || target == REFUSING || target == DONE;
                    case ATTEMPTING -> target == STREAMING || target == REFUSING || target == DONE;
                    case STREAMING, REFUSING -> target == DONE;
                    case DONE -> false;
                };
        if (!allowed) {
            throw new IllegalStateException("exchange can not go from " + this + " to " + target);
        }
        return target;
    }
}
