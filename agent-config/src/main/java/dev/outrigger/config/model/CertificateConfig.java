package dev.outrigger.config.model;

import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A certificate and its private key, both PEM. The files are read when they are used, and again when they change.
 *
 * @param certificateFile the certificate, then those that lead to its root
 * @param keyFile its private key, without a password
 */
public record CertificateConfig(Path certificateFile, Path keyFile) {
    Stream<Path> files() {
        return Stream.of(certificateFile, keyFile);
    }
}
