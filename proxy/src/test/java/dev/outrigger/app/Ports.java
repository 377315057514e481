package dev.outrigger.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for what a test binds by number. They lie below the range from which the kernel gives connections their own ends: a
 * port of that range may be taken between the look and the bind by any connection of the machine.
 */
final class Ports {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /** A port that nobody listens on, and that this process has not been given before. */
    static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (canBind(port) && GIVEN.add(port)) {
                return port;
            }
        }
    }

    /** Loopback at a port. */
    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Whether somebody takes connections on loopback at a port. */
    static boolean accepts(int port) {
        try (RawClient probe = new RawClient(loopback(port))) {
            return probe.in() != null;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean canBind(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
