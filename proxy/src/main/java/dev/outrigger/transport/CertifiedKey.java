package dev.outrigger.transport;

import dev.outrigger.config.model.CertificateConfig;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * A certificate of the sidecar's own with its private key, of which it is certain that they belong together.
 *
 * @param chain the certificate, then those that lead to its root; at least one
 */
record CertifiedKey(PrivateKey key, List<X509Certificate> chain) {
    /** In {@link X509Certificate#getSubjectAlternativeNames()}, from RFC 5280, 4.2.1.6. */
    private static final int DNS = 2;

    private static final byte[] PROBE = {1, 2, 3, 4};

    CertifiedKey {
        chain = List.copyOf(chain);
    }

    /** @throws IOException naming the file and what was expected of it */
    static CertifiedKey read(CertificateConfig files) throws IOException {
        List<X509Certificate> chain = PemFile.certificates(files.certificateFile());
        PublicKey owner = chain.get(0).getPublicKey();
        PrivateKey key = PemFile.privateKey(files.keyFile(), owner);
        if (!belongTogether(key, owner)) {
            throw new IOException(files.keyFile() + ": the private key is not that of the certificate in "
                    + files.certificateFile() + ", expected a pair; the certificate comes first in its file");
        }
        return new CertifiedKey(key, chain);
    }

    /** What the one signs, the other has to find genuine: that holds for any algorithm. */
    private static boolean belongTogether(PrivateKey key, PublicKey owner) {
        String algorithm =
                switch (owner.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> owner.getAlgorithm();
                };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(owner);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    /** The host names that it is for, in lower case; some begin with {@code *.}. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate().getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (alternative.get(0).equals(DNS)) {
                        names.add(((String) alternative.get(1)).toLowerCase(Locale.ROOT));
                    }
                }
                return names;
            }
            // Certificates without alternative names are of a time when the common name was the host's.
            String subject = certificate().getSubjectX500Principal().getName();
            for (Rdn part : new LdapName(subject).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    names.add(part.getValue().toString().toLowerCase(Locale.ROOT));
                }
            }
            return names;
        } catch (CertificateParsingException | InvalidNameException e) {
            // It can still be the default, for who asks for no name.
            return List.of();
        }
    }
}
