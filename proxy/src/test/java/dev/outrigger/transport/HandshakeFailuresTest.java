package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.record.HandshakeResult;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class HandshakeFailuresTest {
    private static HandshakeResult of(String message) {
        return HandshakeFailures.classify(new SSLHandshakeException(message));
    }

    @Test
    void alertsAreUnderstoodInTheWordsOfBothLibraries() {
        assertEquals(
                HandshakeResult.UNKNOWN_CA, of("error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA"));
        assertEquals(HandshakeResult.UNKNOWN_CA, of("Received fatal alert: unknown_ca"));
        assertEquals(
                HandshakeResult.NO_CERTIFICATE,
                of("error:100000c0:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE"));
        assertEquals(HandshakeResult.NO_CERTIFICATE, of("Empty client certificate chain"));
        assertEquals(HandshakeResult.NO_CIPHER, of("error:100000b8:SSL routines:OPENSSL_internal:NO_SHARED_CIPHER"));
        assertEquals(HandshakeResult.NO_CIPHER, of("no cipher suites in common"));
        assertEquals(HandshakeResult.PROTOCOL, of("error:100000f0:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL"));
        assertEquals(
                HandshakeResult.PROTOCOL,
                of(
                        "The client supported protocol versions [TLSv1.2] are not accepted by server preferences [TLSv1.3]"));
        assertEquals(HandshakeResult.BAD_CERTIFICATE, of("Received fatal alert: certificate_unknown"));
        assertEquals(HandshakeResult.OTHER, of("something else"));
    }

    @Test
    void whatIsWrongWithACertificateIsFoundAmongTheCauses() {
        assertEquals(
                HandshakeResult.EXPIRED,
                caused(new CertificateException(
                        new CertPathValidatorException("validity", new CertificateExpiredException("over")))));
        assertEquals(
                HandshakeResult.UNKNOWN_CA,
                caused(new CertificateException(new CertPathBuilderException("no valid path"))));
        assertEquals(
                HandshakeResult.NAME_MISMATCH,
                caused(new CertificateException("No subject alternative DNS name matching a.test found.")));
    }

    private static HandshakeResult caused(Throwable cause) {
        return HandshakeFailures.classify(new SSLException(cause));
    }

    @Test
    void aConnectionThatEndsIsNoFaultOfTls() {
        assertEquals(HandshakeResult.CLOSED, HandshakeFailures.classify(new ClosedChannelException()));
        assertEquals(HandshakeResult.CLOSED, HandshakeFailures.classify(new SocketException("Connection reset")));
    }
}
