package dev.outrigger.upstream;

import dev.outrigger.failure.Failure;
import dev.outrigger.mcp.McpMethod;
import org.jspecify.annotations.Nullable;

/**
 * A call under way in a session, for those who learn of it elsewhere than in its own HTTP exchange: its answer may come on
 * another stream, its cancellation on another connection.
 *
 * <p>Called by any thread. How it ended is told once, by whoever has taken the call out of the {@link McpSession}.
 */
public interface SessionCall {
    /** It was answered; the call has been taken out. */
    void onAnswer(Answer answer);

    /** It will not be answered; the call has been taken out. */
    default void onFailed(Failure failure) {
        onSessionEnd();
    }

    /** The session is over, because its client wanted so or was silent for too long; the call has been taken out. */
    void onSessionEnd();

    /** The client does not want the answer any more. */
    void onCancelled();

    /** The server is at work on it, or goes on after the client has answered a question of its own. */
    default void onProgress() {}

    /** The server has asked the client something, perhaps on behalf of this call. */
    default void onServerAsks() {}

    /** What it asks for; null if that is nothing to be learned from. */
    default @Nullable McpMethod method() {
        return null;
    }

    /** Whether it asks for a list from its beginning, rather than for a further page. */
    default boolean asksForFirstPage() {
        return false;
    }

    /** By which the server names it in notifications of progress, as JSON text; null if the client wants none. */
    default @Nullable String progressToken() {
        return null;
    }
}
