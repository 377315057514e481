package dev.outrigger.exchange;

import dev.outrigger.cache.CacheKey;
import dev.outrigger.cache.Epochs;
import dev.outrigger.cache.ResponseStore;
import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.route.CachePolicy;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Locale;

/**
 * A request that goes to the server, and of which the answer may be kept: under which key, and for how long.
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

    private static final String JSON = "application/json";

    /**
     * For how long the answer to a request may be kept.
     *
     * @param policy of its route
     * @param facts of the message, which is one and whole
     * @return nanoseconds; 0 if nothing of the kind is kept, and the store is not to be asked
     */
    static long ttlNanos(CachePolicy policy, HttpRequest head, ExchangeRecord record, McpFacts facts) {
        HttpHeaders headers = head.headers();
        if (!isPlain(facts) || !head.method().equals(HttpMethod.POST) || !takesJson(headers)) {
            return 0;
        }
        // The answer to a browser says which pages may read it, and that is not kept.
        if (headers.contains(HttpHeaderNames.ORIGIN)
                || RequestChecks.contradiction(headers, facts, record.modern) != null) {
            return 0;
        }
        return facts.method() == null ? 0 : policy.ttlNanos(facts);
    }

    /**
     * @param keys of the request, which are copied
     * @param ttlNanos see {@link #ttlNanos}
     */
    static CacheQuestion of(
            CachePolicy policy,
            ResponseStore store,
            QuestionKeys keys,
            McpMethod method,
            McpFacts facts,
            long ttlNanos) {
        String tool = method == McpMethod.TOOLS_CALL ? facts.nameText() : null;
        return new CacheQuestion(
                store,
                keys.shared().copy(),
                keys.own().copy(),
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
}
