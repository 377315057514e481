package dev.outrigger.interception;

import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** One connection of a proof has failed; what that means is for the proof to say. */
final class ProofFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean withoutRoute;

    ProofFailure(String message) {
        super(message);
        this.withoutRoute = false;
    }

    ProofFailure(@Nullable Throwable cause) {
        super(cause == null || cause.getMessage() == null ? "it failed" : cause.getMessage(), cause);
        this.withoutRoute = isWithoutRoute(cause);
    }

    /** Whether the packet could not even be sent, so that no rule has seen it. */
    boolean isWithoutRoute() {
        return withoutRoute;
    }

    /** A neighbour that does not answer is unreachable, too, but only after its time; what has no route is so at once. */
    private static boolean isWithoutRoute(@Nullable Throwable cause) {
        return cause instanceof SocketException
                && cause.getMessage() != null
                && cause.getMessage().contains("Network is unreachable");
    }
}
