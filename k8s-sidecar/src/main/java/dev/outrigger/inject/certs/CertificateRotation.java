package dev.outrigger.inject.certs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.inject.certs.CertificateMaker.Made;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/**
 * Sees to it that the webhook has a certificate and that the API server trusts it. Run again and again: it does nothing while
 * all is well.
 *
 * <p>A new authority is trusted before the first certificate of it is served, and the old one for as long as it is valid, so
 * that no pod is refused in between: the webhook gets the secret's new content only after a minute or so.
 */
public final class CertificateRotation {
    private static final String CERTIFICATE = "tls.crt";
    private static final String KEY = "tls.key";
    private static final String AUTHORITY = "ca.crt";
    /** Of those in a bundle, besides the one in use. More are left over only if renewals failed. */
    private static final int OLD_AUTHORITIES = 2;

    private final Cluster cluster;
    private final Target target;
    private final CertificateMaker maker;
    private final InstantSource clock;

    /** @param temporary a directory that can be written to */
    public CertificateRotation(Cluster cluster, Target target, Path temporary, InstantSource clock) {
        this.cluster = cluster;
        this.target = target;
        this.maker = new CertificateMaker(temporary);
        this.clock = clock;
    }

    /**
     * What is to be certified, and where it goes.
     *
     * @param service the webhook's service
     * @param secret in the same namespace; has to be there, if only empty
     * @param configuration the MutatingWebhookConfiguration
     * @param validity of a new certificate, whole days
     * @param renewBefore how long before its end a certificate is renewed
     */
    public record Target(
            String namespace,
            String service,
            String secret,
            String configuration,
            Duration validity,
            Duration renewBefore) {
        /** The names that the API server may call the webhook by. */
        List<String> names() {
            String name = service + '.' + namespace;
            return List.of(name + ".svc", name + ".svc.cluster.local", name);
        }

        String secretPath() {
            return "/api/v1/namespaces/" + namespace + "/secrets/" + secret;
        }

        String configurationPath() {
            return "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/" + configuration;
        }
    }

    /**
     * @return what was done, a phrase
     * @throws IOException if the API server can not be reached or refuses
     */
    public String run() throws IOException, InterruptedException {
        ObjectNode secret = cluster.read(target.secretPath());
        String why = whyRenew(secret);
        if (why.isEmpty()) {
            return trust(decoded(secret, AUTHORITY)) ? "trust renewed" : "nothing to do";
        }
        Made made = maker.make(target.names(), target.validity());
        trust(made.authority());
        ObjectNode data = secret.withObjectProperty("data");
        put(data, CERTIFICATE, made.certificate());
        put(data, KEY, made.key());
        put(data, AUTHORITY, made.authority());
        cluster.write(target.secretPath(), secret);
        return "certificate made: " + why;
    }

    /** Empty if the certificate is fine. */
    private String whyRenew(ObjectNode secret) {
        List<X509Certificate> certificates = Pem.certificates(decoded(secret, CERTIFICATE));
        List<X509Certificate> authorities = Pem.certificates(decoded(secret, AUTHORITY));
        if (certificates.isEmpty()
                || authorities.isEmpty()
                || decoded(secret, KEY).isEmpty()) {
            return "there was none";
        }
        X509Certificate certificate = certificates.get(0);
        Instant end = certificate.getNotAfter().toInstant();
        if (!clock.instant().isBefore(end.minus(target.renewBefore()))) {
            return "the old one ends " + end;
        }
        if (!names(certificate).containsAll(target.names())) {
            return "the old one is not for " + target.names().get(0);
        }
        try {
            certificate.verify(authorities.get(0).getPublicKey());
            return "";
        } catch (GeneralSecurityException e) {
            return "the old one is not of its authority";
        }
    }

    private static List<String> names(X509Certificate certificate) {
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            return alternatives == null
                    ? List.of()
                    : alternatives.stream()
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** @return whether the API server did not trust it before */
    private boolean trust(String authority) throws IOException, InterruptedException {
        ObjectNode configuration = cluster.read(target.configurationPath());
        boolean changed = false;
        for (JsonNode webhook : configuration.path("webhooks")) {
            ObjectNode client = ((ObjectNode) webhook).withObjectProperty("clientConfig");
            String old = decode(client.path("caBundle").asText(""));
            String bundle = bundle(authority, old);
            if (!bundle.equals(old)) {
                put(client, "caBundle", bundle);
                changed = true;
            }
        }
        if (changed) {
            cluster.write(target.configurationPath(), configuration);
        }
        return changed;
    }

    /** The new authority first, then those that are valid still. */
    private String bundle(String authority, String old) throws IOException {
        List<X509Certificate> bundle = new ArrayList<>(Pem.certificates(authority));
        Instant now = clock.instant();
        Pem.certificates(old).stream()
                .filter(certificate -> !bundle.contains(certificate))
                .filter(certificate -> certificate.getNotAfter().toInstant().isAfter(now))
                .limit(OLD_AUTHORITIES)
                .toList()
                .forEach(bundle::add);
        try {
            return Pem.of(bundle);
        } catch (CertificateException e) {
            throw new IOException("an authority that can not be written", e);
        }
    }

    private static String decoded(ObjectNode secret, String key) {
        return decode(secret.path("data").path(key).asText(""));
    }

    /** What somebody else has put there is as good as nothing. */
    private static String decode(String base64) {
        try {
            return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static void put(ObjectNode object, String key, String text) {
        object.put(key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
