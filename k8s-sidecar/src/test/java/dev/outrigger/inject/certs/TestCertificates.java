package dev.outrigger.inject.certs;

import dev.outrigger.inject.certs.CertificateMaker.Made;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates as the cluster's job makes them, for servers of tests. */
public final class TestCertificates {
    private final Made made;

    private TestCertificates(Made made) {
        this.made = made;
    }

    public static TestCertificates make(Path temporary, String name) throws IOException, InterruptedException {
        return new TestCertificates(new CertificateMaker(temporary).make(List.of(name), Duration.ofDays(1)));
    }

    /** As they are mounted. */
    public void writeTo(Path directory) throws IOException {
        Files.writeString(directory.resolve("tls.crt"), made.certificate());
        writeKeyTo(directory);
    }

    public void writeKeyTo(Path directory) throws IOException {
        Files.writeString(directory.resolve("tls.key"), made.key());
    }

    /** What trusts them and nothing else. */
    public SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("ca", Pem.certificates(made.authority()).get(0));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
