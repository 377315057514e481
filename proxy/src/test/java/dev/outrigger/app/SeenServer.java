package dev.outrigger.app;

import java.util.List;

/** A server of some other make that tells what it has understood of what reached it. It answers everything with 200. */
interface SeenServer extends AutoCloseable {
    int port();

    /**
     * A line per request, in order: method, target and the bytes of the body, or {@code -} for those where the server does not
     * tell. What the server did not understand has a line as well.
     */
    List<String> seen();

    @Override
    void close();
}
