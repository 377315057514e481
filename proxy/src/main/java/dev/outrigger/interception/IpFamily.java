package dev.outrigger.interception;

import dev.outrigger.config.model.AddressRange;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/** What the rules of IPv4 and those of IPv6 differ in. */
enum IpFamily {
    IPV4("IPv4", "iptables", "-4", "127.0.0.1", "127.0.0.6", 32, "0.0.0.0/0", "192.0.2.1"),
    IPV6("IPv6", "ip6tables", "-6", "::1", "::6", 128, "::/0", "2001:db8::1");

    private final String label;
    private final String program;
    private final String ipOption;
    private final String loopback;
    private final String source;
    private final int bits;
    private final String everything;
    private final String elsewhere;

    IpFamily(
            String label,
            String program,
            String ipOption,
            String loopback,
            String source,
            int bits,
            String everything,
            String elsewhere) {
        this.label = label;
        this.program = program;
        this.ipOption = ipOption;
        this.loopback = loopback;
        this.source = source;
        this.bits = bits;
        this.everything = everything;
        this.elsewhere = elsewhere;
    }

    /** What people call it. */
    String label() {
        return label;
    }

    /** The name of the program, {@code iptables}, which names of its relatives begin with. */
    String program() {
        return program;
    }

    /** What {@code ip} takes for it. */
    String ipOption() {
        return ipOption;
    }

    InetAddress loopback() {
        return address(loopback);
    }

    /** The address of listeners that take what comes to any. */
    InetAddress anyAddress() {
        return address(everything.substring(0, everything.indexOf('/')));
    }

    /**
     * The loopback address that is the proxy's alone: it calls the application from there, so that rules can tell, and
     * nobody serves anything there, so that a proof can connect to it.
     */
    InetAddress source() {
        return address(source);
    }

    /** {@link #source} as a range of one address. */
    String sourceRange() {
        return source + '/' + bits;
    }

    /** The range of all addresses. */
    String everything() {
        return everything;
    }

    /** An address that documents use, by RFC 5737 and RFC 3849: nobody has it, and a packet to it reaches nobody. */
    InetAddress elsewhere() {
        return address(elsewhere);
    }

    boolean has(AddressRange range) {
        return has(range.address());
    }

    boolean has(InetAddress address) {
        return address.getAddress().length * Byte.SIZE == bits;
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByAddress(
                    Objects.requireNonNull(NetUtil.createByteArrayFromIpAddressString(literal), literal));
        } catch (UnknownHostException e) {
            throw new AssertionError(literal, e);
        }
    }
}
