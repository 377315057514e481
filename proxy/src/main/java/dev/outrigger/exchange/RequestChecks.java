package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.mcp.FactText;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpHeaderValue;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.route.Route;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
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
        return modern ? checkHeaders(head.headers(), facts) : null;
    }

    private static @Nullable Failure checkHeaders(HttpHeaders headers, McpFacts facts) {
        McpMethod method = facts.method();
        if (method == null) {
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
