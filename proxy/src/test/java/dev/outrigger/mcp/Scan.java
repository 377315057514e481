package dev.outrigger.mcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Facts as a value that can be compared, and the ways to come by them.
 *
 * @param facts what there is, by name; texts with one char per byte, {@link #OVERLONG} for those that are not kept
 * @param elements of a batch
 * @param tools name and hints of each
 */
record Scan(
        McpFacts.Kind kind,
        McpFacts.Problem problem,
        boolean over,
        @Nullable McpMethod method,
        Map<String, String> facts,
        List<Scan> elements,
        List<String> tools) {
    static final String OVERLONG = "(over-long)";

    /** Beyond it one time to live is as long as another. */
    static final long LONG_TTL_MILLIS = 1_000_000_000_000L;

    static Scan of(McpFacts facts) {
        return of(facts, List.of(), List.of());
    }

    private static Scan of(McpFacts facts, List<Scan> elements, List<String> tools) {
        Map<String, String> found = new TreeMap<>();
        put(found, "id", facts.hasId(), facts.isIdOverlong(), facts.id(), facts.idLength());
        put(found, "name", facts.nameLength() > 0, facts.isNameOverlong(), facts.name(), facts.nameLength());
        put(found, "uri", facts.uri());
        put(found, "taskId", facts.taskId());
        put(found, "requestId", facts.params().requestId());
        put(found, "progressToken", facts.params().progressToken());
        put(found, "protocolVersion", facts.params().protocolVersion());
        put(found, "cursor", facts.params().hasCursor());
        put(found, "inputResponses", facts.params().hasInputResponses());
        put(found, "requestState", facts.params().hasRequestState());
        put(found, "meta.traceparent", facts.meta().traceparent());
        put(found, "meta.tracestate", facts.meta().tracestate());
        put(found, "meta.progressToken", facts.meta().progressToken());
        put(found, "meta.protocolVersion", facts.meta().protocolVersion());
        put(found, "result.taskId", facts.answer().taskId());
        put(found, "result.protocolVersion", facts.answer().protocolVersion());
        put(found, "result", facts.answer().hasResult());
        put(found, "result.isError", facts.answer().isToolError());
        put(found, "result.nextCursor", facts.answer().hasNextCursor());
        put(found, "result.type." + facts.answer().resultType(), facts.answer().resultType() != ResultType.ABSENT);
        put(
                found,
                "result.ttl." + Math.min(facts.answer().ttlMillis(), LONG_TTL_MILLIS),
                facts.answer().ttlMillis() >= 0);
        put(found, "result.scope." + facts.answer().cacheScope(), facts.answer().cacheScope() != CacheScope.ABSENT);
        put(found, "error", facts.answer().hasError());
        put(found, "error.code." + facts.answer().errorCode(), facts.answer().hasErrorCode());
        put(found, "at." + facts.rootMembersAt(), facts.rootMembersAt() >= 0);
        put(found, "params", facts.hasParams());
        put(found, "params.at." + facts.paramsMembersAt(), facts.paramsIsObject());
        put(found, "params.empty", facts.isParamsEmpty());
        put(found, "meta", facts.hasMeta());
        put(found, "meta.at." + facts.metaMembersAt(), facts.metaMembersAt() >= 0);
        put(found, "meta.empty", facts.isMetaEmpty());
        put(found, "batch." + facts.elementCount(), facts.isBatch());
        return new Scan(facts.kind(), facts.problem(), facts.isOver(), facts.method(), found, elements, tools);
    }

    private static void put(Map<String, String> found, String name, FactText text) {
        put(found, name, text.isPresent(), text.isOverlong(), text.bytes(), text.length());
    }

    private static void put(
            Map<String, String> found, String name, boolean present, boolean overlong, byte[] bytes, int length) {
        if (overlong) {
            found.put(name, OVERLONG);
        } else if (present) {
            found.put(name, new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        }
    }

    private static void put(Map<String, String> found, String name, boolean present) {
        if (present) {
            found.put(name, "");
        }
    }

    boolean has(String fact) {
        return facts.containsKey(fact);
    }

    /** @return empty if there is none */
    String fact(String name) {
        return facts.getOrDefault(name, "");
    }

    String id() {
        return fact("id");
    }

    String name() {
        return fact("name");
    }

    /** Of a body in one piece. */
    static Scan whole(String body) {
        return whole(body.getBytes(StandardCharsets.UTF_8));
    }

    static Scan whole(byte[] body) {
        return pieces(new McpScanner(), List.of(Unpooled.wrappedBuffer(body)));
    }

    /** Of a beginning, with more to come. */
    static Scan start(String body) {
        McpScanner scanner = new McpScanner();
        scanner.feed(Unpooled.wrappedBuffer(body.getBytes(StandardCharsets.UTF_8)));
        return of(scanner.facts());
    }

    /** Of a body in pieces that end before each cut and at its end. */
    static Scan cut(byte[] body, int... cuts) {
        List<ByteBuf> pieces = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            pieces.add(Unpooled.wrappedBuffer(body, from, cut - from));
            from = cut;
        }
        pieces.add(Unpooled.wrappedBuffer(body, from, body.length - from));
        return pieces(new McpScanner(), pieces);
    }

    /** One byte at a time. */
    static Scan bytewise(byte[] body) {
        int[] everywhere = new int[body.length];
        for (int i = 0; i < body.length; i++) {
            everywhere[i] = i;
        }
        return cut(body, everywhere);
    }

    static Scan pieces(McpScanner scanner, List<ByteBuf> pieces) {
        List<Scan> elements = new ArrayList<>();
        List<String> tools = new ArrayList<>();
        scanner.elements(element -> elements.add(of(element)));
        scanner.tools((name, length, hints) ->
                tools.add(new String(name, 0, length, StandardCharsets.ISO_8859_1) + " " + hints));
        pieces.forEach(scanner::feed);
        scanner.end();
        return of(scanner.facts(), elements, tools);
    }
}
