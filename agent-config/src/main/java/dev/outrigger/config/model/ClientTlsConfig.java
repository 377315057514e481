package dev.outrigger.config.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * TLS towards an upstream.
 *
 * @param caFile PEM certificates that the upstream's certificate has to lead to; empty for those that the Java runtime trusts
 * @param serverName asked for in the handshake and looked for in the certificate; empty for the endpoint's host
 * @param verify whether the certificate has to be valid
 * @param verifyName whether it has to be that of the server's name; only with {@code verify}
 * @param certificate shown to an upstream that asks for one
 * @param minVersion oldest version that is spoken
 * @param ciphers suites of TLS 1.2 and 1.3 by their IANA names; empty for a strong choice
 * @param handshakeTimeout from the connection to the end of the handshake
 */
public record ClientTlsConfig(
        Optional<Path> caFile,
        Optional<String> serverName,
        boolean verify,
        boolean verifyName,
        Optional<CertificateConfig> certificate,
        TlsVersion minVersion,
        List<String> ciphers,
        Duration handshakeTimeout) {

    public ClientTlsConfig {
        ciphers = List.copyOf(ciphers);
    }

    /** Every file that it names, in the order of the configuration. */
    public List<Path> files() {
        return Stream.concat(certificate.stream().flatMap(CertificateConfig::files), caFile.stream())
                .toList();
    }
}
