package dev.outrigger.route;

import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Which answers of a route are kept, in the units of the hot path. Immutable. */
public final class CachePolicy {
    private final CacheConfig config;
    private final long ttlNanos;
    private final ToolPattern[] patterns;
    private final Set<McpMethod> methods = EnumSet.noneOf(McpMethod.class);
    private final ToolPolicies tools;

    /**
     * @param tools of the same route; what they say of a tool goes before the list
     * @param hidesTools whether lists of tools are changed on their way; they are not kept then, as what is kept is the server's
     */
    CachePolicy(CacheConfig config, ToolPolicies tools, boolean hidesTools) {
        this.config = config;
        this.ttlNanos = config.ttl().toNanos();
        this.tools = tools;
        this.patterns = config.tools().stream().map(ToolPattern::new).toArray(ToolPattern[]::new);
        for (String name : config.methods()) {
            byte[] text = name.getBytes(StandardCharsets.US_ASCII);
            methods.add(McpMethod.of(text, 0, text.length));
        }
        if (hidesTools) {
            methods.remove(McpMethod.TOOLS_LIST);
        }
    }

    /**
     * For how long the answer to a request is kept at most.
     *
     * @param request of one message
     * @return 0 if it is not kept
     */
    public long ttlNanos(McpFacts request) {
        McpMethod method = request.method();
        if (method == null) {
            return 0;
        }
        if (method != McpMethod.TOOLS_CALL) {
            return methods.contains(method) ? ttlNanos : 0;
        }
        return request.nameLength() == 0 ? 0 : ttlNanos(request.name(), request.nameLength());
    }

    private long ttlNanos(byte[] tool, int length) {
        Long own = tools.cacheTtlNanos(tool, length);
        if (own != null) {
            return own;
        }
        for (ToolPattern pattern : patterns) {
            if (pattern.matches(tool, length)) {
                return ttlNanos;
            }
        }
        return 0;
    }

    /** Who gets an answer that does not say so itself. */
    public CacheConfig.Scope scope() {
        return config.scope();
    }

    /** Headers by whose values answers are told apart besides. */
    public List<String> vary() {
        return config.vary();
    }

    /** The largest result that is kept. */
    public int maxEntryBytes() {
        return (int) Math.min(config.maxEntryBytes(), config.maxBytes());
    }
}
