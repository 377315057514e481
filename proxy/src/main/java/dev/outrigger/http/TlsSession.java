package dev.outrigger.http;

import org.jspecify.annotations.Nullable;

/**
 * What the TLS handshake with a client came to. One per connection.
 *
 * @param version {@code TLSv1.2} or {@code TLSv1.3}
 * @param serverName the name that the client asked for (SNI), in lower case; null if it named none
 * @param certificate the client's, found valid; null if it showed none
 * @param forwardedCertificate what the upstream is told of it, {@link PeerCertificate#forwarded()}; null if nothing
 * @param keepsForwarded whether what the client itself says in {@code X-Forwarded-Client-Cert} passes as it is
 */
public record TlsSession(
        String version,
        @Nullable String serverName,
        @Nullable PeerCertificate certificate,
        @Nullable String forwardedCertificate,
        boolean keepsForwarded) {
    /** @param keepsForwarded see {@link #keepsForwarded()} */
    public static TlsSession of(
            String version,
            @Nullable String serverName,
            @Nullable PeerCertificate certificate,
            boolean keepsForwarded) {
        String forwarded = certificate == null || keepsForwarded ? null : certificate.forwarded();
        return new TlsSession(version, serverName, certificate, forwarded, keepsForwarded);
    }
}
