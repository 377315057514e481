package dev.outrigger.exchange;

import dev.outrigger.cache.CacheKey;
import dev.outrigger.cache.Epochs;
import dev.outrigger.cache.KeyDigest;
import dev.outrigger.cache.ResponseStore;
import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.route.CachePolicy;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of which the answer may be kept: under which key, and for how long.
 *
 * <p>A key holds everything that a server may answer by: target and host (servers behind one route have several), protocol
 * version, method, params, the parameters that are repeated in headers, and what the operator names. The own key adds who asks.
 *
 * @param store of its route
 * @param shared under which the answer is for everybody
 * @param own under which it is for who asks with these credentials
 * @param sharedByDefault what holds for an answer that does not say who may get it
 * @param mayWait whether the answer to somebody else's equal question will do: not where progress is to be heard of
 * @param tool empty for other methods than {@code tools/call}
 * @param uriSlot see {@link Epochs#slot}
 * @param ttlNanos for how long an answer is kept at most
 * @param maxBytes of a result that is kept
 */
record CacheQuestion(
        ResponseStore store,
        CacheKey shared,
        CacheKey own,
        boolean sharedByDefault,
        boolean mayWait,
        McpMethod method,
        String tool,
        int uriSlot,
        long ttlNanos,
        int maxBytes) {
    /** Longer messages go on unasked: to read them all would take a loop longer than it saves the server. */
    static final int MAX_REQUEST_BYTES = 64 * 1024;

    private static final String X_API_KEY = "x-api-key";
    private static final String X_FORWARDED_HOST = "x-forwarded-host";
    private static final String PARAMETER_HEADERS = "mcp-param-";
    private static final String JSON = "application/json";

    /**
     * @param policy of the request's route
     * @param facts of the message, which is one and whole
     * @param body the message
     * @return null if nothing of the kind is kept
     */
    static @Nullable CacheQuestion of(
            CachePolicy policy,
            ResponseStore store,
            KeyDigest digest,
            HttpRequest head,
            ExchangeRecord record,
            McpFacts facts,
            byte[] body) {
        HttpHeaders headers = head.headers();
        if (!isPlain(facts) || !head.method().equals(HttpMethod.POST) || !takesJson(headers)) {
            return null;
        }
        // The answer to a browser says which pages may read it, and that is not kept.
        if (headers.contains(HttpHeaderNames.ORIGIN)
                || RequestChecks.contradiction(headers, facts, record.modern) != null) {
            return null;
        }
        long ttlNanos = policy.ttlNanos(facts);
        McpMethod method = facts.method();
        if (ttlNanos == 0 || method == null) {
            return null;
        }
        CacheKey shared = shared(policy, digest, head, record, facts, body);
        String tool = method == McpMethod.TOOLS_CALL ? facts.nameText() : null;
        return new CacheQuestion(
                store,
                shared,
                own(policy, digest, shared, headers, record),
                policy.scope() == CacheConfig.Scope.SHARED,
                !facts.meta().progressToken().isPresent(),
                method,
                tool == null ? ExchangeRecord.NONE : tool,
                Epochs.slot(facts.uri()),
                ttlNanos,
                policy.maxEntryBytes());
    }

    /** Whether it is one whole request that asks for nothing but a result. */
    private static boolean isPlain(McpFacts facts) {
        return facts.kind() == McpFacts.Kind.REQUEST
                && facts.isOver()
                && facts.idLength() > 0
                && (facts.paramsIsObject() || !facts.hasParams())
                && !facts.params().hasInputResponses()
                && !facts.params().hasRequestState();
    }

    private static boolean takesJson(HttpHeaders headers) {
        String accept = headers.get(HttpHeaderNames.ACCEPT);
        if (accept == null) {
            return true;
        }
        String types = accept.toLowerCase(Locale.ROOT);
        return types.contains(JSON) || types.contains("*/*") || types.contains("application/*");
    }

    private static CacheKey shared(
            CachePolicy policy,
            KeyDigest digest,
            HttpRequest head,
            ExchangeRecord record,
            McpFacts facts,
            byte[] body) {
        McpMethod method = facts.method();
        digest.begin()
                .text(method == null ? null : method.label())
                .text(head.uri())
                .text(head.headers().get(HttpHeaderNames.HOST))
                .text(head.headers().get(X_FORWARDED_HOST))
                .text(record.mcpProtocolVersion);
        for (String name : policy.vary()) {
            all(digest, head.headers(), name);
        }
        parameters(digest, head.headers());
        return digest.params(body, facts.paramsMembersAt()).key();
    }

    /** The headers that repeat a parameter: whoever believes them has answered that. */
    private static void parameters(KeyDigest digest, HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            if (AsciiString.regionMatches(header.getKey(), true, 0, PARAMETER_HEADERS, 0, PARAMETER_HEADERS.length())) {
                digest.text(header.getKey().toString().toLowerCase(Locale.ROOT))
                        .text(header.getValue().toString());
            }
        }
    }

    private static CacheKey own(
            CachePolicy policy, KeyDigest digest, CacheKey shared, HttpHeaders headers, ExchangeRecord record) {
        digest.begin(shared);
        all(digest, headers, HttpHeaderNames.AUTHORIZATION);
        all(digest, headers, HttpHeaderNames.COOKIE);
        all(digest, headers, X_API_KEY);
        digest.text(record.clientCertificate);
        if (policy.scope() == CacheConfig.Scope.SESSION) {
            all(digest, headers, HeaderNames.MCP_SESSION_ID);
        }
        return digest.key();
    }

    /** All values of a header, and that there are no more. */
    private static void all(KeyDigest digest, HttpHeaders headers, CharSequence name) {
        List<String> values = headers.getAll(name);
        values.forEach(digest::text);
        digest.text(null);
    }
}
