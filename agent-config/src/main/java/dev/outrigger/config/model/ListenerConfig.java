package dev.outrigger.config.model;

import java.time.Duration;
import java.util.Optional;

/**
 * A socket that clients connect to and what they may ask of it before any route is known.
 *
 * @param bind where to listen; port 0 takes a free one
 * @param protocol what clients speak
 * @param requestHeadTimeout from the first byte of a request to the end of its head, and from the accept to the first byte;
 *     bounds attacks by slow headers
 * @param idleTimeout how long a kept-alive connection may rest between two requests
 * @param maxConnections open client connections over all workers; further ones are closed at once
 * @param maxRequestLineBytes longest request line, answered 414 beyond; 8 KiB as nginx and Tomcat have it
 * @param maxHeaderBytes all header lines of one request together, answered 431 beyond; 60 KiB as Envoy has it
 * @param maxHeaders header lines of one request, answered 431 beyond; 100 as Envoy and Apache have it
 * @param tcp for what is not HTTP
 * @param maxConnectionsPerAddress open connections of one client address, of IPv6 of one network; 0 for any number
 * @param interception set where connections are redirected to it; without, clients connect to it by themselves
 */
public record ListenerConfig(
        String name,
        HostPort bind,
        Protocol protocol,
        Duration requestHeadTimeout,
        Duration idleTimeout,
        int maxConnections,
        int maxRequestLineBytes,
        int maxHeaderBytes,
        int maxHeaders,
        HttpRulesConfig http,
        Http2Config http2,
        Optional<ServerTlsConfig> tls,
        TcpConfig tcp,
        ProxyProtocolConfig proxyProtocol,
        int maxConnectionsPerAddress,
        Optional<InterceptionConfig> interception) {
    /** What clients speak, inside of TLS if there is any. */
    public enum Protocol {
        /** HTTP/1.1 and HTTP/2. */
        HTTP,
        /** What the first bytes look like: HTTP/1.1, HTTP/2, TLS, or anything else. */
        AUTO,
        /** Bytes that pass as they are. */
        TCP
    }
}
