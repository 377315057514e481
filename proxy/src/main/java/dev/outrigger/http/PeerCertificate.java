package dev.outrigger.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * Who a client is by the certificate that it showed and that was found valid.
 *
 * @param subject its distinguished name as RFC 2253 writes it, in printable ASCII
 * @param uris names of the form of an URI, a SPIFFE id for one; printable ASCII
 * @param dnsNames host names; printable ASCII
 * @param sha256 fingerprint of the certificate, lower-case hex
 */
public record PeerCertificate(String subject, List<String> uris, List<String> dnsNames, String sha256) {
    /** In {@link X509Certificate#getSubjectAlternativeNames()}, from RFC 5280, 4.2.1.6. */
    private static final int DNS = 2;

    private static final int URI = 6;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    public PeerCertificate {
        uris = List.copyOf(uris);
        dnsNames = List.copyOf(dnsNames);
    }

    public static PeerCertificate of(X509Certificate certificate) {
        return new PeerCertificate(
                subject(certificate.getSubjectX500Principal()),
                names(certificate, URI),
                names(certificate, DNS),
                fingerprint(certificate));
    }

    /**
     * The identity that a policy or a session is bound to: the first URI, else the first host name, else the subject. A
     * certificate is renewed now and then, so that its fingerprint would not do.
     */
    public String identity() {
        if (!uris.isEmpty()) {
            return uris.get(0);
        }
        return dnsNames.isEmpty() ? subject : dnsNames.get(0);
    }

    /** The value of {@code X-Forwarded-Client-Cert} in Envoy's form. */
    public String forwarded() {
        StringBuilder value = new StringBuilder(sha256.length() + subject.length() + 64);
        value.append("Hash=").append(sha256).append(";Subject=").append(quoted(subject));
        uris.forEach(uri -> value.append(";URI=").append(quotedIfNeeded(uri)));
        dnsNames.forEach(name -> value.append(";DNS=").append(quotedIfNeeded(name)));
        return value.toString();
    }

    private static String quotedIfNeeded(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == ';' || c == '=' || c == '"' || c == ' ');
        return plain ? text : quoted(text);
    }

    /** Neither subject nor names contain a quote, see {@link #subject} and {@link #name}. */
    private static String quoted(String text) {
        return '"' + text + '"';
    }

    private static List<String> names(X509Certificate certificate, int kind) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (alternative.get(0).equals(kind)) {
                        names.add(name((String) alternative.get(1)));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            // Names that can not be read identify nobody; the certificate itself was found valid.
            return List.of();
        }
        return names;
    }

    /**
     * What the issuer wrote goes into headers and logs. RFC 2253 has a second way to write any character, as hex digits; with
     * it for quotes and backslashes as well, no parser of the header can take one of them for the end of the subject.
     */
    private static String subject(X500Principal principal) {
        String name = principal.getName(X500Principal.RFC2253);
        return escape(name.replace("\\\\", "\\5C").replace("\\\"", "\\22"), '\\');
    }

    private static String name(String alternative) {
        return escape(alternative.replace("\\", "%5C").replace("\"", "%22"), '%');
    }

    private static String escape(String text, char sign) {
        if (text.chars().allMatch(PeerCertificate::isPrintable)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (isPrintable(b)) {
                escaped.append((char) b);
            } else {
                escaped.append(sign).append(HEX.toHexDigits(b));
            }
        }
        return escaped.toString();
    }

    private static boolean isPrintable(int c) {
        return c >= ' ' && c < 0x7f;
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256, and the certificate was decoded before", e);
        }
    }
}
