package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.CertificateConfig;
import dev.outrigger.testing.Certificates;
import dev.outrigger.testing.Certificates.Authority;
import dev.outrigger.testing.Certificates.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFileTest {
    private final Authority authority = new Authority("test root");

    @TempDir
    private Path directory;

    private CertifiedKey read(Issued issued, String keyLabel, byte[] key) throws IOException {
        Path certificateFile = directory.resolve("tls.crt");
        Path keyFile = directory.resolve("tls.key");
        issued.write(certificateFile, keyFile);
        Files.writeString(keyFile, Certificates.pem(keyLabel, key));
        return CertifiedKey.read(new CertificateConfig(certificateFile, keyFile));
    }

    /** What is inside of PKCS#8 is its last element; both kinds of key here need two bytes or one for its length. */
    private static byte[] unwrapped(byte[] pkcs8) {
        for (int i = 4; i < pkcs8.length - 4; i++) {
            boolean longForm = pkcs8[i + 1] == (byte) 0x82;
            int length = longForm ? (pkcs8[i + 2] & 0xff) << 8 | pkcs8[i + 3] & 0xff : pkcs8[i + 1] & 0xff;
            int start = i + (longForm ? 4 : 2);
            if (pkcs8[i] == 0x04 && start + length == pkcs8.length) {
                return Arrays.copyOfRange(pkcs8, start, pkcs8.length);
            }
        }
        throw new AssertionError("no key inside");
    }

    @Test
    void aKeyMayBePkcs8OrOfTheFormsBeforeIt() throws IOException {
        Issued ec = authority.issue("ec", "dns:EC.test", "dns:*.test");
        Issued rsa = authority.issueRsa("rsa");
        assertArrayEquals(
                ec.key().getEncoded(),
                read(ec, "PRIVATE KEY", ec.key().getEncoded()).key().getEncoded());
        assertEquals(
                ec.key(),
                read(ec, "EC PRIVATE KEY", unwrapped(ec.key().getEncoded())).key());
        assertEquals(rsa.key(), read(rsa, "PRIVATE KEY", rsa.key().getEncoded()).key());
        assertEquals(
                rsa.key(),
                read(rsa, "RSA PRIVATE KEY", unwrapped(rsa.key().getEncoded())).key());
    }

    @Test
    void namesAreTheAlternativeOnesElseTheCommonName() throws IOException {
        Issued named = authority.issue("common.test", "dns:EC.test", "dns:*.test", "ip:127.0.0.1");
        assertEquals(
                List.of("ec.test", "*.test"),
                read(named, "PRIVATE KEY", named.key().getEncoded()).names());
        Issued old = authority.issue("Common.test");
        assertEquals(
                List.of("common.test"),
                read(old, "PRIVATE KEY", old.key().getEncoded()).names());
    }

    @Test
    void whatIsWrongNamesTheFileAndWhatWasExpectedButNothingOfTheKey() {
        Issued issued = authority.issue("a");
        byte[] key = issued.key().getEncoded();
        refused("is encrypted, expected one without a password", issued, "ENCRYPTED PRIVATE KEY", key);
        refused("no private key, expected PEM", issued, "PUBLIC KEY", key);
        refused("can not be read, expected a key of the certificate's kind, EC", issued, "PRIVATE KEY", new byte[] {1});
        refused(
                "is not that of the certificate in",
                issued,
                "PRIVATE KEY",
                authority.issue("b").key().getEncoded());
    }

    private void refused(String expected, Issued issued, String label, byte[] key) {
        IOException refusal = assertThrows(IOException.class, () -> read(issued, label, key));
        assertTrue(refusal.getMessage().contains("tls.key: "), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(expected), refusal.getMessage());
    }

    @Test
    void aCertificateHasToBeThere() throws IOException {
        Path missing = directory.resolve("missing.crt");
        Path empty = Files.writeString(directory.resolve("empty.crt"), "nothing");
        Path broken =
                Files.writeString(directory.resolve("broken.crt"), Certificates.pem("CERTIFICATE", new byte[] {1, 2}));
        assertTrue(message(missing).contains("missing.crt: no such file, expected a PEM file"), message(missing));
        assertTrue(message(empty).contains("empty.crt: no certificate, expected PEM"), message(empty));
        assertTrue(
                message(broken).contains("broken.crt: certificate 1 can not be read, expected X.509"), message(broken));
    }

    private static String message(Path file) {
        return assertThrows(IOException.class, () -> PemFile.certificates(file)).getMessage();
    }
}
