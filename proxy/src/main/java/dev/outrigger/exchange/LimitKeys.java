package dev.outrigger.exchange;

import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.security.PrincipalReader;
import dev.outrigger.upstream.Upstream;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Who a request counts for, by the key of a limit.
 *
 * <p>A request that lacks the key counts for its address, so that leaving it out is no way around a limit. Such an address is
 * another key than a text of the client's that reads the same: nobody uses up what is somebody else's by naming it.
 */
final class LimitKeys {
    /** A client with an IPv6 address usually has all those of its network. */
    private static final int IPV6_NETWORK_GROUPS = 4;
    /**
     * Longer texts are remembered by their hash. A header may be as long as all of a head, and clients make up as many of
     * them as a limit remembers.
     */
    static final int MOST_CHARS = 256;

    private static final String HASHED = "sha256:";

    private final HttpHeaders headers;
    private final ClientInfo client;
    private final ExchangeRecord record;
    private final Upstream upstream;

    LimitKeys(HttpHeaders headers, ClientInfo client, ExchangeRecord record, Upstream upstream) {
        this.headers = headers;
        this.client = client;
        this.record = record;
        this.upstream = upstream;
    }

    /**
     * @param tool the label of the tool that is called; null or empty if there is none
     * @return null if the request is not limited by such a key
     */
    @Nullable
    Object of(RateLimitConfig.Key key, @Nullable String tool) {
        return switch (key) {
            case CLIENT_IP -> network(client.address());
            case API_KEY -> secret(apiKey());
            case SESSION -> secret(session());
            case PRINCIPAL -> orAddress(principal());
            case TOOL -> tool == null || tool.isEmpty() ? null : tool;
        };
    }

    private @Nullable String apiKey() {
        String key = headers.get(HeaderNames.X_API_KEY);
        return key == null ? headers.get(HttpHeaderNames.AUTHORIZATION) : key;
    }

    /** Only one that exists: made-up ids would each have a limit of their own. */
    private @Nullable String session() {
        String id = headers.get(HeaderNames.MCP_SESSION_ID);
        return id == null || upstream.sessions().find(id) == null ? null : id;
    }

    private @Nullable String principal() {
        String proven = record.clientCertificate;
        return proven == null ? PrincipalReader.read(headers.get(HttpHeaderNames.AUTHORIZATION)) : proven;
    }

    private Object secret(@Nullable String text) {
        return text == null ? orAddress(null) : Secret.of(text);
    }

    private Object orAddress(@Nullable String text) {
        return text == null ? new Address(network(client.address())) : held(text);
    }

    /** What is remembered of a text: so much of it that it is told from all others, and no more than {@link #MOST_CHARS}. */
    static String held(String text) {
        return text.length() <= MOST_CHARS ? text : HASHED + hash(text);
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** @param address in the long form that the JDK writes, or of IPv4 */
    static String network(String address) {
        int end = -1;
        for (int group = 0; group < IPV6_NETWORK_GROUPS; group++) {
            end = address.indexOf(':', end + 1);
            if (end < 0) {
                return address;
            }
        }
        return address.substring(0, end) + "::/64";
    }

    /** In place of a key that is not there. */
    private record Address(String network) {
        @Override
        public String toString() {
            return network;
        }
    }

    /**
     * What opens doors: shown to nobody as it stands.
     *
     * @param held of the text
     */
    private record Secret(String held, boolean isHash) {
        private static final int SHOWN_CHARS = 12;

        static Secret of(String text) {
            return new Secret(LimitKeys.held(text), text.length() > MOST_CHARS);
        }

        @Override
        public String toString() {
            String hash = isHash ? held.substring(HASHED.length()) : hash(held);
            return HASHED + hash.substring(0, SHOWN_CHARS);
        }
    }
}
