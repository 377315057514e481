package dev.outrigger.exchange;

import dev.outrigger.config.model.AffinityConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.CookieHeaderNames.SameSite;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.netty.handler.codec.http.cookie.ServerCookieEncoder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream keeps the requests together by that no session or task binds: a header, a cookie, or the client's address.
 * The key itself chooses the endpoint, by its hash, so nothing is remembered and all sidecars agree.
 *
 * <p>A client without the cookie is given one, with a random value: like that it has a key of its own, whatever it shares its
 * address with. The value says nothing of endpoints, and who makes one up only chooses where their own requests go.
 */
final class AffinityKey {
    private final UpstreamConfig config;
    private final @Nullable String text;
    /** The value of the cookie that the client gets with the answer. */
    private final @Nullable String given;

    private AffinityKey(UpstreamConfig config, @Nullable String text, @Nullable String given) {
        this.config = config;
        this.text = text;
        this.given = given;
    }

    /**
     * The key of a request; null where the upstream asks for none.
     *
     * @param clientAddress without port
     * @param random makes the values of new cookies
     */
    static @Nullable AffinityKey of(
            UpstreamConfig config, HttpRequest head, String clientAddress, RandomGenerator random) {
        return switch (config.sessionAffinity()) {
            case NONE, MCP_SESSION -> null;
            case CLIENT_IP -> new AffinityKey(config, clientAddress, null);
            case HEADER ->
                new AffinityKey(
                        config, head.headers().get(config.balancing().affinity().header()), null);
            case COOKIE -> ofCookie(config, head.headers(), random);
        };
    }

    private static AffinityKey ofCookie(UpstreamConfig config, HttpHeaders headers, RandomGenerator random) {
        String name = config.balancing().affinity().cookieName();
        for (String header : headers.getAll(HttpHeaderNames.COOKIE)) {
            for (Cookie cookie : ServerCookieDecoder.LAX.decode(header)) {
                if (cookie.name().equals(name) && !cookie.value().isEmpty()) {
                    return new AffinityKey(config, cookie.value(), null);
                }
            }
        }
        String made = Long.toHexString(random.nextLong());
        return new AffinityKey(config, made, made);
    }

    /** Whether the request has a key; one without the header goes anywhere. */
    boolean isThere() {
        return text != null;
    }

    /** As {@link UpstreamPools#pickFor} takes it. */
    long hash() {
        return text == null ? 0 : UpstreamPools.key(text);
    }

    /** Gives the client its cookie. */
    void onHead(HttpResponse response) {
        if (given == null) {
            return;
        }
        AffinityConfig affinity = config.balancing().affinity();
        DefaultCookie cookie = new DefaultCookie(affinity.cookieName(), given);
        cookie.setPath("/");
        cookie.setHttpOnly(true);
        cookie.setSameSite(SameSite.Lax);
        if (!affinity.cookieTtl().isZero()) {
            cookie.setMaxAge(Math.max(1, affinity.cookieTtl().toSeconds()));
        }
        response.headers().add(HttpHeaderNames.SET_COOKIE, ServerCookieEncoder.STRICT.encode(cookie));
    }
}
