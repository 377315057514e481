package dev.outrigger.transport;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * Who does the cryptography. BoringSSL, which comes with the proxy for Linux on x86-64 and ARM, needs about a third of the
 * JDK's time for a handshake; where it can not be loaded, the JDK does the same work.
 */
public enum TlsEngineKind {
    /** Engines are counted by the handlers that use them, instead of by finalizers. */
    BORING_SSL("BoringSSL", SslProvider.OPENSSL_REFCNT),
    JDK("JDK", SslProvider.JDK);

    private final String label;
    private final SslProvider provider;

    TlsEngineKind(String label, SslProvider provider) {
        this.label = label;
        this.provider = provider;
    }

    /** The better one of those that this machine has. */
    public static TlsEngineKind best() {
        return OpenSsl.isAvailable() ? BORING_SSL : JDK;
    }

    /** For people. */
    public String label() {
        return label;
    }

    SslProvider provider() {
        return provider;
    }

    /** The cipher suites that it has, by their IANA names. */
    Set<String> suites() {
        if (this == BORING_SSL) {
            return OpenSsl.availableJavaCipherSuites();
        }
        try {
            return Set.copyOf(
                    List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a Java without TLS", e);
        }
    }
}
