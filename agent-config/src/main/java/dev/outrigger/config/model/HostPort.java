package dev.outrigger.config.model;

/**
 * A socket address as written, not resolved: a name may mean another address tomorrow, so only the connect looks it up.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 0 to 65535; 0 asks the system for a free port and only makes sense for a bound socket
 */
public record HostPort(String host, int port) {
    /** {@code host:port}, with an IPv6 address in brackets. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ':' + port;
    }
}
