package dev.outrigger.transport;

import dev.outrigger.record.TlsPeer;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate that the sidecar shows, for those who watch when it ends.
 *
 * @param peer who sees it
 * @param subject as RFC 2253 writes it
 * @param notAfter its last moment
 */
public record OwnCertificate(TlsPeer peer, String subject, Instant notAfter) {
    static OwnCertificate of(TlsPeer peer, X509Certificate certificate) {
        return new OwnCertificate(
                peer,
                certificate.getSubjectX500Principal().getName(X500Principal.RFC2253),
                certificate.getNotAfter().toInstant());
    }
}
