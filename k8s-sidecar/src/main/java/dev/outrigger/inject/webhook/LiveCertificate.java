package dev.outrigger.inject.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The server's certificate and key, read again when their files change: certificates are renewed while the server runs. A pair
 * that can not be read, or whose halves do not belong together, as in the moment between two writes, changes nothing.
 *
 * <p>Thread-safe: the pair is one immutable object in a volatile field.
 */
final class LiveCertificate extends X509ExtendedKeyManager {
    private static final String ALIAS = "webhook";
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private final Path certificateFile;
    private final Path keyFile;
    private volatile @Nullable Pair pair;
    private volatile byte[] print = {};

    /** @param directory with {@code tls.crt} and {@code tls.key} in PEM, the key in PKCS#8, as secrets of type TLS have them */
    LiveCertificate(Path directory) {
        this.certificateFile = directory.resolve("tls.crt");
        this.keyFile = directory.resolve("tls.key");
    }

    /**
     * Looks whether the files have changed.
     *
     * @return whether there is another pair now
     * @throws IOException if the files can not be read or hold no pair; the one before stays
     */
    synchronized boolean refresh() throws IOException {
        byte[] certificates = Files.readAllBytes(certificateFile);
        byte[] key = Files.readAllBytes(keyFile);
        byte[] read = concatenated(certificates, key);
        if (pair != null && Arrays.equals(read, print)) {
            return false;
        }
        try {
            pair = Pair.of(certificates, new String(key, StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IOException(certificateFile + " and " + keyFile + ": " + e.getMessage(), e);
        }
        print = read;
        return true;
    }

    /** Whether there is one to serve with at this time. */
    boolean isValid(Instant now) {
        X509Certificate current = certificate();
        return current != null
                && !now.isBefore(current.getNotBefore().toInstant())
                && now.isBefore(current.getNotAfter().toInstant());
    }

    /** The one in force. */
    @Nullable
    X509Certificate certificate() {
        Pair current = pair;
        return current == null ? null : current.chain()[0];
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return aliasFor(keyType);
    }

    private @Nullable String aliasFor(String keyType) {
        Pair current = pair;
        return current != null && current.key().getAlgorithm().equals(keyType) ? ALIAS : null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Pair current = pair;
        return current == null ? null : current.chain().clone();
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Pair current = pair;
        return current == null ? null : current.key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return null;
    }

    /** What belongs together. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Pair(X509Certificate[] chain, PrivateKey key) {
        static Pair of(byte[] certificates, String keyText) throws GeneralSecurityException {
            X509Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificates))
                    .toArray(X509Certificate[]::new);
            Matcher matcher = KEY.matcher(keyText);
            if (chain.length == 0 || !matcher.find()) {
                throw new GeneralSecurityException("expected certificates, and a key in PKCS#8, in PEM");
            }
            byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
            String algorithm = chain[0].getPublicKey().getAlgorithm();
            PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            prove(chain[0], key);
            return new Pair(chain, key);
        }

        /** A signature that the certificate's key confirms. */
        private static void prove(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
            String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256with" + key.getAlgorithm();
            byte[] words = "one pair".getBytes(StandardCharsets.US_ASCII);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(words);
            byte[] signed = signature.sign();
            signature.initVerify(certificate);
            signature.update(words);
            if (!signature.verify(signed)) {
                throw new GeneralSecurityException("the key is not that of the certificate");
            }
        }
    }
}
