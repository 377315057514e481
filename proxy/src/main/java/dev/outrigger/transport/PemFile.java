package dev.outrigger.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads certificates and private keys from PEM files (RFC 7468), with errors that name the file and what was expected.
 *
 * <p>Keys may be in PKCS#8, or in the older forms of RSA and of elliptic curves that OpenSSL and cert-manager still write:
 * those are wrapped into PKCS#8, with the algorithm as the certificate's public key states it. Netty's own reader takes only
 * PKCS#8, and of what goes wrong says only that the input is not valid.
 *
 * <p>Blocking; never for an event loop. No message contains anything of a key.
 */
final class PemFile {
    /** A bundle of all roots of the public internet has 250 KiB. */
    private static final long MAX_BYTES = 4L << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PKCS8 = "PRIVATE KEY";
    private static final String PKCS8_ENCRYPTED = "ENCRYPTED PRIVATE KEY";
    private static final String PKCS1 = "RSA PRIVATE KEY";
    private static final String SEC1 = "EC PRIVATE KEY";

    private PemFile() {}

    /**
     * All certificates of a file, in their order.
     *
     * @throws IOException if there is none, or one that can not be read
     */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label.equals(CERTIFICATE)) {
                certificates.add(certificate(file, block, certificates.size() + 1));
            }
        }
        if (certificates.isEmpty()) {
            throw new IOException(
                    file + ": no certificate, expected PEM with at least one -----BEGIN CERTIFICATE----- block");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, Block block, int number) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.der(file)));
        } catch (CertificateException e) {
            throw new IOException(
                    file + ": certificate " + number + " can not be read, expected X.509 (" + e.getMessage() + ")", e);
        }
    }

    /**
     * The private key of a file.
     *
     * @param owner the public key that it should belong to; says which algorithm to expect
     * @throws IOException if there is none that can be read
     */
    static PrivateKey privateKey(Path file, PublicKey owner) throws IOException {
        for (Block block : blocks(file)) {
            switch (block.label) {
                case PKCS8 -> {
                    return privateKey(file, block.der(file), owner);
                }
                case PKCS1, SEC1 -> {
                    return privateKey(file, Der.pkcs8(Der.algorithm(owner.getEncoded()), block.der(file)), owner);
                }
                case PKCS8_ENCRYPTED ->
                    throw new IOException(file + ": the private key is encrypted, expected one without a password");
                default -> {
                    // Certificates and parameters may stand beside the key.
                }
            }
        }
        throw new IOException(file + ": no private key, expected PEM with a -----BEGIN PRIVATE KEY----- block");
    }

    private static PrivateKey privateKey(Path file, byte[] pkcs8, PublicKey owner) throws IOException {
        try {
            return KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            // The cause is left out: it might quote what it could not read.
            throw new IOException(file + ": the private key can not be read, expected a key of the certificate's kind, "
                    + owner.getAlgorithm());
        }
    }

    private static List<Block> blocks(Path file) throws IOException {
        String text = read(file);
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }

    private static String read(Path file) throws IOException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException(file + ": longer than " + MAX_BYTES + " bytes, expected a PEM file");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file, expected a PEM file", e);
        } catch (java.nio.file.FileSystemException e) {
            throw new IOException(file + ": can not be read, expected a readable PEM file (" + e + ")", e);
        }
    }

    /** @param label what stands after BEGIN */
    private record Block(String label, String body) {
        byte[] der(Path file) throws IOException {
            // Before RFC 7468 a block could begin with lines like "Proc-Type: 4,ENCRYPTED".
            if (body.contains(":")) {
                throw new IOException(file + ": the " + label + " block is encrypted, expected one without a password");
            }
            try {
                return Base64.getMimeDecoder().decode(body);
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ": the " + label + " block can not be read, expected base64");
            }
        }
    }
}
