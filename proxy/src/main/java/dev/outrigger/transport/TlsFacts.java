package dev.outrigger.transport;

import dev.outrigger.http.PeerCertificate;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Reads from an engine what its handshake came to. */
final class TlsFacts {
    private TlsFacts() {}

    /** The certificate that the peer showed and that was found valid; null if it showed none. */
    static @Nullable PeerCertificate certificate(SSLEngine engine) {
        try {
            Certificate[] chain = engine.getSession().getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate own ? PeerCertificate.of(own) : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    /**
     * Whether an earlier session was taken up. The JDK does not say; but a session that it takes up keeps the time at which it
     * was made.
     *
     * @param beganEpochMillis when this handshake began
     */
    static boolean isResumed(SslHandler handler, long beganEpochMillis) {
        return handler.engine() instanceof ReferenceCountedOpenSslEngine openSsl
                ? SSL.isSessionReused(openSsl.sslPointer())
                : handler.engine().getSession().getCreationTime() < beganEpochMillis;
    }
}
