package dev.outrigger.transport;

import dev.outrigger.failure.Failure;

/** Waits for a connection to an upstream whose bytes pass as they are. Told once, unless the stream was reset before. */
public interface OpaqueDial {
    /**
     * It is there.
     *
     * @return what hears of it
     */
    ByteSink onConnected(ByteStream stream);

    void onConnectFailed(Failure failure);
}
