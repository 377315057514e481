package dev.outrigger.transport;

import dev.outrigger.config.model.ClientTlsConfig;
import org.jspecify.annotations.Nullable;

/**
 * How connections to an endpoint are made, besides its address. A value: pools tell by comparing whether a connection is still
 * what the configuration asks for.
 *
 * @param offer which versions of HTTP
 * @param http2 what holds where the version is HTTP/2
 * @param security TLS; null: none
 * @param header sent before everything else; null for none
 * @param from where they come from; null for whichever the system takes
 */
public record Dial(
        Offer offer,
        Http2ClientLimits http2,
        @Nullable Security security,
        @Nullable ProxyHeader header,
        @Nullable LocalEnd from) {
    /** Without a header, from anywhere. */
    public Dial(Offer offer, Http2ClientLimits http2, @Nullable Security security) {
        this(offer, http2, security, null, null);
    }

    /** The same with a header; null for none. */
    public Dial telling(@Nullable ProxyHeader wanted) {
        return new Dial(offer, http2, security, wanted, from);
    }

    /** The same from another address; null for whichever the system takes. */
    public Dial from(@Nullable LocalEnd wanted) {
        return new Dial(offer, http2, security, header, wanted);
    }

    /**
     * TLS as the configuration has it. Certificates that are renewed make no other value of it: connections go on with those
     * that they began with.
     *
     * @param upstream whose TLS it is
     */
    public record Security(String upstream, ClientTlsConfig config) {}

    /** Versions of HTTP that a connection may come to speak. */
    public enum Offer {
        HTTP1,
        /** Nothing else: with prior knowledge where there is no TLS, demanded in the handshake where there is. */
        HTTP2,
        /** Whichever the upstream chooses in the handshake; HTTP/1.1 if it does not say. */
        EITHER
    }

    /** Without TLS. */
    public Dial(Offer offer, Http2ClientLimits http2) {
        this(offer, http2, null);
    }

    /** What a connection speaks when nobody has asked the upstream. */
    Wire withoutHandshake() {
        return offer == Offer.HTTP2 ? Wire.HTTP2 : Wire.HTTP1;
    }

    /** How many exchanges one connection is expected to carry at a time, before it is known what it speaks. */
    public int expectedStreams() {
        return offer == Offer.HTTP1 ? 1 : http2.maxConcurrentStreams();
    }
}
