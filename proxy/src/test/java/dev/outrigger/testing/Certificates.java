package dev.outrigger.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates for tests, made here and now: an authority, and what it issues. Written out by hand, because the JDK makes none
 * and a tool of its own process for each would take longer than the test.
 */
public final class Certificates {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] ECDSA_SHA256 = DerWriter.sequence(DerWriter.oid("1.2.840.10045.4.3.2"));
    private static final Duration VALID = Duration.ofDays(30);

    private Certificates() {}

    /** Somebody who issues certificates; its own is a root. */
    public static final class Authority {
        private final Issued root;

        /** @param name its common name */
        public Authority(String name) {
            KeyPair keys = ecKeys();
            Instant now = Instant.now();
            this.root = Certificates.issue(
                    name, keys, name, keys.getPrivate(), now.minus(VALID), now.plus(VALID), List.of());
        }

        public X509Certificate certificate() {
            return root.certificate;
        }

        /** @param alternatives such as {@code dns:example.com}, {@code ip:127.0.0.1}, {@code uri:spiffe://a/b} */
        public Issued issue(String name, String... alternatives) {
            return issue(name, ecKeys(), alternatives);
        }

        /** The same with a key of RSA. */
        public Issued issueRsa(String name, String... alternatives) {
            return issue(name, keys("RSA"), alternatives);
        }

        private Issued issue(String name, KeyPair keys, String... alternatives) {
            Instant now = Instant.now();
            return Certificates.issue(
                    name, keys, issuer(), root.key, now.minus(VALID), now.plus(VALID), List.of(alternatives));
        }

        /** One that has ended a day ago. */
        public Issued issueExpired(String name, String... alternatives) {
            Instant now = Instant.now();
            return Certificates.issue(
                    name,
                    ecKeys(),
                    issuer(),
                    root.key,
                    now.minus(VALID),
                    now.minus(Duration.ofDays(1)),
                    List.of(alternatives));
        }

        private String issuer() {
            return root.certificate.getSubjectX500Principal().getName().substring("CN=".length());
        }

        /** The root as PEM. */
        public Path write(Path file) throws IOException {
            return replace(file, pem("CERTIFICATE", encoded(root.certificate)));
        }
    }

    /** A certificate and its key. */
    public record Issued(X509Certificate certificate, PrivateKey key) {
        /** As PEM, each file replaced as a whole. */
        public Issued write(Path certificateFile, Path keyFile) throws IOException {
            replace(keyFile, pem("PRIVATE KEY", key.getEncoded()));
            replace(certificateFile, pem("CERTIFICATE", encoded(certificate)));
            return this;
        }
    }

    /** @param label what stands after BEGIN */
    public static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path replace(Path file, String contents) throws IOException {
        Path next = Files.writeString(file.resolveSibling(file.getFileName() + "~"), contents);
        return Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static KeyPair ecKeys() {
        return keys("EC");
    }

    private static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Issued issue(
            String name,
            KeyPair keys,
            String issuer,
            PrivateKey issuerKey,
            Instant from,
            Instant to,
            List<String> alternatives) {
        byte[] signed = DerWriter.sequence(
                DerWriter.element(0xa0, DerWriter.integer(BigInteger.TWO)),
                DerWriter.integer(new BigInteger(64, RANDOM)),
                ECDSA_SHA256,
                commonName(issuer),
                DerWriter.sequence(DerWriter.time(from), DerWriter.time(to)),
                commonName(name),
                keys.getPublic().getEncoded(),
                DerWriter.element(0xa3, extensions(alternatives.isEmpty() && name.equals(issuer), alternatives)));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(issuerKey);
            signature.update(signed);
            byte[] der = DerWriter.sequence(signed, ECDSA_SHA256, DerWriter.bits(signature.sign()));
            return new Issued(
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)),
                    keys.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] commonName(String name) {
        return DerWriter.sequence(DerWriter.set(DerWriter.sequence(DerWriter.oid("2.5.4.3"), DerWriter.text(name))));
    }

    private static byte[] extensions(boolean isRoot, List<String> alternatives) {
        List<byte[]> extensions = new ArrayList<>();
        if (isRoot) {
            extensions.add(DerWriter.sequence(
                    DerWriter.oid("2.5.29.19"),
                    DerWriter.bool(true),
                    DerWriter.octets(DerWriter.sequence(DerWriter.bool(true)))));
        }
        if (!alternatives.isEmpty()) {
            byte[][] names =
                    alternatives.stream().map(Certificates::alternative).toArray(byte[][]::new);
            extensions.add(DerWriter.sequence(DerWriter.oid("2.5.29.17"), DerWriter.octets(DerWriter.sequence(names))));
        }
        return DerWriter.sequence(extensions.toArray(byte[][]::new));
    }

    private static byte[] alternative(String alternative) {
        String value = alternative.substring(alternative.indexOf(':') + 1);
        if (alternative.startsWith("ip:")) {
            try {
                return DerWriter.element(0x87, InetAddress.getByName(value).getAddress());
            } catch (IOException e) {
                throw new IllegalArgumentException(alternative, e);
            }
        }
        int tag = alternative.startsWith("dns:") ? 0x82 : 0x86;
        return DerWriter.element(tag, value.getBytes(StandardCharsets.US_ASCII));
    }
}
