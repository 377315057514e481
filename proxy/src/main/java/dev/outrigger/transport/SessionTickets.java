package dev.outrigger.transport;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the session tickets that one certificate's context hands out (RFC 5077, RFC 8446 4.6.1), renewed again and again.
 *
 * <p>Two are in use: tickets are made with the newer one and taken with both. A key therefore ends twice its half of the
 * session timeout after it came, and with it every ticket of its time: that is what bounds a session, whatever the library's
 * own idea of its life is, and whoever steals a key later can not read what was said before (RFC 5077, 5.5). Each certificate
 * has keys of its own, so that a client which comes back by another name sees the certificate for that (RFC 6066, 3).
 */
final class SessionTickets {
    private final OpenSslSessionContext context;
    private final SecureRandom random;
    private final long halfLifeNanos;
    private @Nullable OpenSslSessionTicketKey current;
    private long renewedNanos;

    /** @param lifeNanos for how long a ticket is good at most */
    SessionTickets(SslContext context, SecureRandom random, long lifeNanos) {
        this.context = (OpenSslSessionContext) context.sessionContext();
        this.random = random;
        this.halfLifeNanos = lifeNanos / 2;
    }

    /** Makes a new key if it is time for one, and forgets the oldest. Called by one thread at a time, never by a loop. */
    void renew(long nowNanos) {
        OpenSslSessionTicketKey before = current;
        if (before != null && nowNanos - renewedNanos < halfLifeNanos) {
            return;
        }
        OpenSslSessionTicketKey made = newKey(random);
        if (before == null) {
            context.setTicketKeys(made);
        } else {
            context.setTicketKeys(made, before);
        }
        current = made;
        renewedNanos = nowNanos;
    }

    /**
     * Makes every ticket of a context worthless. TLS 1.3 hands tickets out in any case: where sessions are never to be resumed,
     * this comes before each handshake. Called by any thread.
     */
    static void forget(SslContext context, SecureRandom random) {
        ((OpenSslSessionContext) context.sessionContext()).setTicketKeys(newKey(random));
    }

    private static OpenSslSessionTicketKey newKey(SecureRandom random) {
        return new OpenSslSessionTicketKey(
                bytes(random, OpenSslSessionTicketKey.NAME_SIZE),
                bytes(random, OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                bytes(random, OpenSslSessionTicketKey.AES_KEY_SIZE));
    }

    private static byte[] bytes(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
