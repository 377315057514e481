package dev.outrigger.transport;

import dev.outrigger.http.UpstreamStream;

/**
 * A connection to an upstream as its pool sees it: how many streams it has and may have, how old it is, how long it has
 * rested. An HTTP/1.1 connection is one of a single stream, which is the connection itself.
 *
 * <p>Belongs to the loop of its worker.
 */
public interface UpstreamConnection {
    /** Who keeps the connection; called on its loop. */
    interface Owner {
        /** One of its streams has ended in order, or by itself; what {@link #capacity()} says holds now. */
        void onStreamEnded(UpstreamConnection connection);

        /** The upstream lets it have more streams than before, or fewer. */
        void onCapacityChanged(UpstreamConnection connection);

        /** It takes no more streams, and closes when those that it has have ended. Called at most once. */
        void onLeaving(UpstreamConnection connection);

        /** Gone, with all streams that it still had. Called once. */
        void onClosed(UpstreamConnection connection);
    }

    /** How it was made. */
    Dial dial();

    long createdNanos();

    /** When it came to rest; only meaningful while it rests. */
    long idleSinceNanos();

    void idleSince(long nowNanos);

    boolean isActive();

    /** Whether it may have several streams at a time. */
    boolean isMultiplexed();

    /** Whether {@link Owner#onLeaving} was called. */
    boolean isLeaving();

    /** Streams that are open. */
    int streams();

    /** How many more may be opened now. */
    int capacity();

    /** Opens one; {@link #capacity()} must not be 0. */
    UpstreamStream open();

    /** Takes no more streams, and closes as soon as it has none. */
    void close();
}
