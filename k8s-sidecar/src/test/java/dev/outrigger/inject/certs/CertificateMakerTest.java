package dev.outrigger.inject.certs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.inject.certs.CertificateMaker.Made;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateMakerTest {
    private static final int KEY_CERT_SIGN = 5;

    @TempDir
    private Path temporary;

    @Test
    void makesAServerCertificateOfAnAuthorityOfItsOwn() throws Exception {
        Made made = new CertificateMaker(temporary).make(List.of("a.b.svc", "a.b"), Duration.ofDays(90));

        X509Certificate authority = Pem.certificates(made.authority()).get(0);
        X509Certificate certificate = Pem.certificates(made.certificate()).get(0);
        certificate.verify(authority.getPublicKey());
        assertEquals(0, authority.getBasicConstraints());
        assertTrue(authority.getKeyUsage()[KEY_CERT_SIGN]);
        assertEquals(-1, certificate.getBasicConstraints());
        assertEquals(List.of("1.3.6.1.5.5.7.3.1"), certificate.getExtendedKeyUsage());
        assertEquals(
                List.of(List.of(2, "a.b.svc"), List.of(2, "a.b")),
                List.copyOf(certificate.getSubjectAlternativeNames()));
        Duration validity = Duration.between(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
        assertEquals(90, validity.toDays());
        assertTrue(made.key().startsWith("-----BEGIN PRIVATE KEY-----\n"));
    }

    @Test
    void leavesNothingBehind() throws Exception {
        new CertificateMaker(temporary).make(List.of("a.b.svc"), Duration.ofDays(1));

        try (var files = Files.list(temporary)) {
            assertFalse(files.findAny().isPresent());
        }
    }
}
