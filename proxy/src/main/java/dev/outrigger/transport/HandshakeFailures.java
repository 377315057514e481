package dev.outrigger.transport;

import dev.outrigger.record.HandshakeResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says why a handshake failed, in a word out of a closed set.
 *
 * <p>What this side found wrong with a certificate comes as an exception of its own kind. All else is text: alerts of the
 * peer, and whatever the library reports of its own, in the words of BoringSSL or of the JDK.
 */
final class HandshakeFailures {
    private HandshakeFailures() {}

    static HandshakeResult classify(Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            HandshakeResult result = byKind(t);
            if (result != null) {
                return result;
            }
        }
        for (Throwable t = cause; t != null; t = t.getCause()) {
            HandshakeResult result = t instanceof SSLException ? byText(String.valueOf(t.getMessage())) : null;
            if (result != null) {
                return result;
            }
        }
        return isNetworks(cause) ? HandshakeResult.CLOSED : HandshakeResult.OTHER;
    }

    private static @Nullable HandshakeResult byKind(Throwable cause) {
        if (cause instanceof SslHandshakeTimeoutException) {
            return HandshakeResult.TIMEOUT;
        }
        if (cause instanceof NotSslRecordException || cause instanceof TooLongFrameException) {
            return HandshakeResult.PROTOCOL;
        }
        if (cause instanceof ClosedChannelException || cause instanceof SocketException) {
            return HandshakeResult.CLOSED;
        }
        if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
            return HandshakeResult.EXPIRED;
        }
        return byTrust(cause);
    }

    private static @Nullable HandshakeResult byTrust(Throwable cause) {
        if (cause instanceof CertPathBuilderException) {
            return HandshakeResult.UNKNOWN_CA;
        }
        if (cause instanceof CertPathValidatorException path) {
            return path.getReason() == CertPathValidatorException.BasicReason.UNSPECIFIED
                            && path.getCause() == null
                            && String.valueOf(path.getMessage()).contains("trust anchor")
                    ? HandshakeResult.UNKNOWN_CA
                    : null;
        }
        // The JDK's check of the name has no exception of its own; a failure of the path has a cause that is looked at
        // next.
        if (cause instanceof CertificateException && cause.getCause() == null) {
            String message = String.valueOf(cause.getMessage());
            return message.contains("alternative") || message.contains("No name matching")
                    ? HandshakeResult.NAME_MISMATCH
                    : HandshakeResult.BAD_CERTIFICATE;
        }
        return null;
    }

    /** Both libraries name alerts as RFC 8446, 6.2 does: BoringSSL in capitals, older ones with SSLV3 before. */
    private static @Nullable HandshakeResult byText(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        if (contains(text, "did_not_return_a_certificate", "empty client certificate", "certificate_required")) {
            return HandshakeResult.NO_CERTIFICATE;
        }
        if (contains(text, "certificate_expired")) {
            return HandshakeResult.EXPIRED;
        }
        if (contains(text, "unknown_ca")) {
            return HandshakeResult.UNKNOWN_CA;
        }
        if (contains(text, "no_shared_cipher", "no cipher suites in common", "no negotiable cipher suite")) {
            return HandshakeResult.NO_CIPHER;
        }
        if (contains(
                text,
                "bad_certificate",
                "certificate_unknown",
                "certificate_verify_failed",
                "unsupported_certificate")) {
            return HandshakeResult.BAD_CERTIFICATE;
        }
        if (contains(
                text,
                "unsupported_protocol",
                "protocol_version",
                "wrong_version_number",
                "not enabled or supported",
                "not accepted by server preferences",
                "http_request",
                "unexpected_message",
                "unrecognized ssl message",
                "unsupported or unrecognized")) {
            return HandshakeResult.PROTOCOL;
        }
        return contains(text, "while ssl/tls handshake was in progress", "closed before handshake")
                ? HandshakeResult.CLOSED
                : null;
    }

    private static boolean contains(String text, String... phrases) {
        for (String phrase : phrases) {
            if (text.contains(phrase)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNetworks(Throwable cause) {
        return cause instanceof IOException && !(cause instanceof SSLException);
    }
}
