package dev.outrigger.exchange;

import dev.outrigger.config.model.AffinityConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.cookie.CookieHeaderNames.SameSite;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import io.netty.handler.codec.http.cookie.ServerCookieEncoder;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream keeps the requests together by that no session or task binds: a header, a cookie, or the client's address.
 * The key itself chooses the endpoint, by its hash, so nothing is remembered and all sidecars agree.
 *
 * <p>A client without the cookie is given one, with a random value: like that it has a key of its own, whatever it shares its
 * address with. The value says nothing of endpoints, and who makes one up only chooses where their own requests go.
 *
 * <p>A key is a number, as {@link UpstreamPools#pickFor} takes it, so that it costs an exchange no object.
 */
final class AffinityKey {
    /** The request has no key, and goes anywhere. */
    static final long NONE = 0;

    private AffinityKey() {}

    /**
     * The key of a request.
     *
     * @param clientAddress without port
     * @return {@link #NONE} where the upstream asks for none, or the request has none
     */
    static long of(UpstreamConfig config, HttpRequest head, String clientAddress) {
        return switch (config.sessionAffinity()) {
            case NONE, MCP_SESSION -> NONE;
            case CLIENT_IP -> ofText(clientAddress);
            case HEADER ->
                ofHeader(head.headers().get(config.balancing().affinity().header()));
            case COOKIE ->
                ofCookies(head.headers(), config.balancing().affinity().cookieName());
        };
    }

    /** Whether a client without a key has to be given one. */
    static boolean isGiven(UpstreamConfig config) {
        return config.sessionAffinity() == UpstreamConfig.SessionAffinity.COOKIE;
    }

    /** The value of a cookie for a client that has none. */
    static String cookie(long random) {
        return Long.toHexString(random);
    }

    /** The key of a text; two texts have seldom the same. */
    static long ofText(CharSequence text) {
        return ofText(text, 0, text.length());
    }

    private static long ofText(CharSequence text, int from, int end) {
        long key = UpstreamPools.key(text, from, end);
        return key == NONE ? 1 : key;
    }

    private static long ofHeader(@Nullable String value) {
        return value == null ? NONE : ofText(value);
    }

    private static long ofCookies(HttpHeaders headers, String name) {
        Iterator<? extends CharSequence> lines = headers.valueCharSequenceIterator(HttpHeaderNames.COOKIE);
        long key = NONE;
        while (key == NONE && lines.hasNext()) {
            key = ofCookies(lines.next().toString(), name);
        }
        return key;
    }

    /** The first cookie of that name which has a value. Its quotes are no part of the value (RFC 6265 §4.1.1). */
    private static long ofCookies(String line, String name) {
        int from = 0;
        while (from < line.length()) {
            int semicolon = line.indexOf(';', from);
            int end = semicolon < 0 ? line.length() : semicolon;
            int begin = afterSpace(line, from, end);
            int value = begin + name.length() + 1;
            if (value <= end && line.charAt(value - 1) == '=' && line.startsWith(name, begin)) {
                int last = beforeSpace(line, value, end);
                boolean quoted = last - value >= 2 && line.charAt(value) == '"' && line.charAt(last - 1) == '"';
                int quotes = quoted ? 1 : 0;
                if (last - value > 2 * quotes) {
                    return ofText(line, value + quotes, last - quotes);
                }
            }
            from = end + 1;
        }
        return NONE;
    }

    private static int afterSpace(String line, int from, int end) {
        int at = from;
        while (at < end && line.charAt(at) <= ' ') {
            at++;
        }
        return at;
    }

    private static int beforeSpace(String line, int from, int end) {
        int at = end;
        while (at > from && line.charAt(at - 1) <= ' ') {
            at--;
        }
        return at;
    }

    /** Gives the client its cookie. */
    static void give(String value, UpstreamConfig config, HttpResponse response) {
        AffinityConfig affinity = config.balancing().affinity();
        DefaultCookie cookie = new DefaultCookie(affinity.cookieName(), value);
        cookie.setPath("/");
        cookie.setHttpOnly(true);
        cookie.setSameSite(SameSite.Lax);
        if (!affinity.cookieTtl().isZero()) {
            cookie.setMaxAge(Math.max(1, affinity.cookieTtl().toSeconds()));
        }
        response.headers().add(HttpHeaderNames.SET_COOKIE, ServerCookieEncoder.STRICT.encode(cookie));
    }
}
