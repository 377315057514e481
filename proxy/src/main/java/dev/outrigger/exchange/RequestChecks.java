package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.mcp.FactText;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpHeaderValue;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.route.Route;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is refused where a policy depends on what a message says: everything that a server might understand otherwise than the
 * proxy does. Without a policy the proxy only watches, and the message is the server's to judge.
 */
final class RequestChecks {
    private RequestChecks() {}

    /** @return null if the request may go on */
    static @Nullable Failure check(Route route, HttpRequest head, RequestScan scan, boolean modern) {
        if (route.tools().isEmpty()) {
            return null;
        }
        McpFacts facts = scan.facts();
        if (facts.kind() == McpFacts.Kind.INVALID) {
            return Failure.of(Reason.MALFORMED_REQUEST, facts.problem().detail());
        }
        if (facts.method() == McpMethod.TOOLS_CALL && facts.isNameOverlong()) {
            return Failure.of(Reason.MALFORMED_REQUEST, "over-long name");
        }
        if (scan.isOverLimit() && !facts.isRoutable()) {
            return Failure.of(Reason.REQUEST_TOO_LARGE, "method and name not found within the scan limit");
        }
        if (scan.isForbidden()) {
            return Failure.of(Reason.TOOL_DENIED);
        }
        Failure disguised = checkForm(route, head);
        return disguised == null ? contradiction(head.headers(), facts, modern) : disguised;
    }

    /**
     * Whether a body may be one that a server reads and the proxy does not: servers inflate, decode other charsets, or take any
     * body for JSON. Each would carry a call past what forbids it. For requests that are no messages, too.
     *
     * @return null if the request may go on
     */
    static @Nullable Failure checkForm(Route route, HttpRequest head) {
        if (!route.tools().forbidsAny() || !head.method().equals(HttpMethod.POST)) {
            return null;
        }
        List<String> types = head.headers().getAll(HttpHeaderNames.CONTENT_TYPE);
        if (types.size() != 1 || !McpRequests.isPlainJson(types.get(0))) {
            return Failure.of(Reason.MALFORMED_REQUEST, "content-type is not application/json in UTF-8");
        }
        for (String coding : head.headers().getAll(HttpHeaderNames.CONTENT_ENCODING)) {
            if (!coding.strip().equalsIgnoreCase(HttpHeaderValues.IDENTITY.toString())) {
                return Failure.of(Reason.MALFORMED_REQUEST, "content-encoding is not identity");
            }
        }
        return null;
    }

    /** @return null unless the headers that repeat what the message says, since 2026-07-28, say something else */
    static @Nullable Failure contradiction(HttpHeaders headers, McpFacts facts, boolean modern) {
        McpMethod method = facts.method();
        if (method == null || !modern) {
            return null;
        }
        String named = headers.get(HeaderNames.MCP_METHOD);
        if (named != null && method != McpMethod.OTHER && !named.equals(method.label())) {
            return mismatch(HeaderNames.MCP_METHOD);
        }
        FactText subject = facts.subject();
        String name = headers.get(HeaderNames.MCP_NAME);
        if (name != null
                && subject != null
                && !subject.isOverlong()
                && !McpHeaderValue.matches(name, subject.bytes(), subject.length())) {
            return mismatch(HeaderNames.MCP_NAME);
        }
        String version = headers.get(HeaderNames.MCP_PROTOCOL_VERSION);
        String stated = facts.meta().protocolVersionText();
        return version != null && stated != null && !version.equals(stated)
                ? mismatch(HeaderNames.MCP_PROTOCOL_VERSION)
                : null;
    }

    private static Failure mismatch(AsciiString header) {
        return Failure.of(Reason.HEADER_MISMATCH, header + " differs from the body");
    }
}
