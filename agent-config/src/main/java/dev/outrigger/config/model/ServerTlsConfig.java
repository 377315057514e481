package dev.outrigger.config.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * TLS towards clients.
 *
 * @param certificates at least one; the first is shown to clients that ask for a name that none has, or for no name
 * @param clientCaFile PEM certificates that client certificates have to lead to; there if {@code clientAuth} is not off
 * @param minVersion oldest version that is spoken
 * @param ciphers suites of TLS 1.2 and 1.3 by their IANA names; empty for a strong choice
 * @param handshakeTimeout from the accept to the end of the handshake
 * @param sessionTimeout how long a client may resume a session; zero for never
 * @param forwardedClientCert what becomes of {@code X-Forwarded-Client-Cert}
 */
public record ServerTlsConfig(
        List<CertificateConfig> certificates,
        ClientAuth clientAuth,
        Optional<Path> clientCaFile,
        TlsVersion minVersion,
        List<String> ciphers,
        Duration handshakeTimeout,
        Duration sessionTimeout,
        ForwardedClientCert forwardedClientCert) {
    /** Whether clients show a certificate. */
    public enum ClientAuth {
        /** They are not asked. */
        OFF,
        /** They are asked and need not have one; one that they show has to be valid. */
        OPTIONAL,
        /** They are asked, and without a valid one there is no connection. */
        REQUIRED
    }

    /** What becomes of the header {@code X-Forwarded-Client-Cert}. */
    public enum ForwardedClientCert {
        /** A client's own is removed; who has shown a valid certificate gets one. */
        SET,
        /** Passes as it is, because a trusted proxy in front has set it. */
        KEEP
    }

    public ServerTlsConfig {
        certificates = List.copyOf(certificates);
        ciphers = List.copyOf(ciphers);
    }

    /** Every file that it names, in the order of the configuration. */
    public List<Path> files() {
        return Stream.concat(certificates.stream().flatMap(CertificateConfig::files), clientCaFile.stream())
                .toList();
    }
}
