package dev.outrigger.exchange;

import dev.outrigger.cache.CacheKey;
import dev.outrigger.cache.KeyDigest;
import dev.outrigger.cache.ResponseStore;
import dev.outrigger.cache.StoredAnswer;
import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.route.CachePolicy;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the question that one loop asks just now: one under which an answer is for everybody, one under which it is for
 * who asks with these credentials.
 *
 * <p>A key holds everything that a server may answer by: target and host (servers behind one route have several), protocol
 * version, method, params, the parameters that are repeated in headers, and what the operator names. The own key adds who asks.
 *
 * <p>Written over and over: a question that the store can answer leaves nothing behind.
 */
final class QuestionKeys {
    private static final String X_API_KEY = "x-api-key";
    private static final String X_FORWARDED_HOST = "x-forwarded-host";
    private static final String PARAMETER_HEADERS = "mcp-param-";

    private final KeyDigest digest = new KeyDigest();
    private final CacheKey shared = new CacheKey();
    private final CacheKey own = new CacheKey();

    /** Under which the answer is for everybody; until the next {@link #read}. */
    CacheKey shared() {
        return shared;
    }

    /** Under which the answer is for who asks; until the next {@link #read}. */
    CacheKey own() {
        return own;
    }

    /**
     * Reads the next question.
     *
     * @param policy of the request's route
     * @param facts of the message
     * @param body the message
     */
    void read(CachePolicy policy, HttpRequest head, ExchangeRecord record, McpFacts facts, byte[] body) {
        HttpHeaders headers = head.headers();
        McpMethod method = facts.method();
        digest.begin()
                .text(method == null ? null : method.label())
                .text(head.uri())
                .text(headers.get(HttpHeaderNames.HOST))
                .text(headers.get(X_FORWARDED_HOST))
                .text(record.mcpProtocolVersion);
        for (String name : policy.vary()) {
            all(headers, name);
        }
        parameters(headers);
        digest.params(body, facts.paramsMembersAt()).end(shared);
        digest.begin(shared);
        all(headers, HttpHeaderNames.AUTHORIZATION);
        all(headers, HttpHeaderNames.COOKIE);
        all(headers, X_API_KEY);
        digest.text(record.clientCertificate);
        if (policy.scope() == CacheConfig.Scope.SESSION) {
            all(headers, HeaderNames.MCP_SESSION_ID);
        }
        digest.end(own);
    }

    /** The answer that is kept for this question; null if there is none. */
    @Nullable
    StoredAnswer find(ResponseStore store, long nowNanos) {
        StoredAnswer answer = store.find(own, nowNanos);
        return answer == null ? store.find(shared, nowNanos) : answer;
    }

    /** The headers that repeat a parameter: whoever believes them has answered that. */
    private void parameters(HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            if (AsciiString.regionMatches(header.getKey(), true, 0, PARAMETER_HEADERS, 0, PARAMETER_HEADERS.length())) {
                digest.text(header.getKey().toString().toLowerCase(Locale.ROOT)).text(header.getValue());
            }
        }
    }

    /** All values of a header, and that there are no more. */
    private void all(HttpHeaders headers, CharSequence name) {
        Iterator<? extends CharSequence> values = headers.valueCharSequenceIterator(name);
        while (values.hasNext()) {
            digest.text(values.next());
        }
        digest.text(null);
    }
}
