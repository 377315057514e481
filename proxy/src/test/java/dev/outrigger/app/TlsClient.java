package dev.outrigger.app;

import dev.outrigger.testing.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A client of the JDK's own TLS: it trusts one authority, may have a certificate, and speaks HTTP/1.1 by hand. */
final class TlsClient {
    private static final char[] PASSWORD = "test".toCharArray();
    private static final int READ_TIMEOUT_MILLIS = 30_000;

    private final SSLContext context;

    private TlsClient(SSLContext context) {
        this.context = context;
    }

    static TlsClient trusting(Certificates.Authority authority) {
        return of(authority, null);
    }

    static TlsClient of(Certificates.Authority authority, Certificates.@Nullable Issued own) {
        return new TlsClient(context(authority, own));
    }

    /** What the JDK's own clients and servers are made with. */
    static SSLContext context(Certificates.Authority authority, Certificates.@Nullable Issued own) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", authority.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            if (own != null) {
                keys.setKeyEntry("own", own.key(), PASSWORD, new X509Certificate[] {own.certificate()});
            }
            KeyManagerFactory key = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            key.init(keys, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(key.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    SSLContext context() {
        return context;
    }

    /**
     * Connects and shakes hands.
     *
     * @param serverName asked for, and not looked for in the certificate; empty for none
     */
    SSLSocket connect(InetSocketAddress address, String serverName, String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(address.getAddress().getHostAddress(), address.getPort());
        try {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            SSLParameters parameters = socket.getSSLParameters();
            if (!serverName.isEmpty()) {
                parameters.setServerNames(List.of(new SNIHostName(serverName)));
            }
            if (protocols.length > 0) {
                parameters.setProtocols(protocols);
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends one request, the last of its connection, and reads to the end of it; the end has to be one of TLS. */
    String exchange(InetSocketAddress address, String serverName, String... headers) throws IOException {
        try (SSLSocket socket = connect(address, serverName)) {
            return exchange(socket, headers);
        }
    }

    static String exchange(SSLSocket socket, String... headers) throws IOException {
        String head = "GET /x HTTP/1.1\r\nHost: test\r\nConnection: close\r\n" + String.join("\r\n", headers)
                + (headers.length > 0 ? "\r\n" : "") + "\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        socket.getInputStream().transferTo(answer);
        return answer.toString(StandardCharsets.UTF_8);
    }
}
