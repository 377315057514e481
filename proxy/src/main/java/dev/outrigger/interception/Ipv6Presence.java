package dev.outrigger.interception;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which IPv6 a network namespace has. */
enum Ipv6Presence {
    /** None: the kernel has it not, or it is turned off. */
    NONE,
    /** Loopback and link-local addresses, which nothing in a pod is called by. */
    LOCAL,
    /** An address by which others call this namespace, but none of {@code lo}: it is turned off there alone. */
    WITHOUT_LOOPBACK,
    /** An address by which others call this namespace. */
    GLOBAL;

    private static final Path ADDRESSES = Path.of("/proc/net/if_inet6");

    /** Address, interface number, prefix, scope, flags, interface. */
    private static final int SCOPE = 3;

    private static final int INTERFACE = 5;
    private static final String GLOBAL_SCOPE = "00";

    static Ipv6Presence here() throws IOException {
        return Files.isReadable(ADDRESSES) ? of(Files.readAllLines(ADDRESSES)) : NONE;
    }

    /** @param addresses lines of {@code /proc/net/if_inet6} */
    static Ipv6Presence of(List<String> addresses) {
        boolean hasLoopback = false;
        boolean isCalled = false;
        for (String line : addresses) {
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length > INTERFACE) {
                boolean isLoopback = fields[INTERFACE].equals("lo");
                hasLoopback |= isLoopback;
                isCalled |= !isLoopback && fields[SCOPE].equals(GLOBAL_SCOPE);
            }
        }
        if (isCalled) {
            return hasLoopback ? GLOBAL : WITHOUT_LOOPBACK;
        }
        return hasLoopback ? LOCAL : NONE;
    }
}
