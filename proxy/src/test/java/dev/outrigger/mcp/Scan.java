package dev.outrigger.mcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Facts as a value that can be compared, and the ways to come by them. */
record Scan(
        McpFacts.Kind kind,
        McpFacts.Problem problem,
        @Nullable McpMethod method,
        boolean hasId,
        boolean idOverlong,
        String id,
        boolean nameOverlong,
        String name,
        boolean routable,
        boolean complete) {

    static Scan of(McpFacts facts) {
        return new Scan(
                facts.kind(),
                facts.problem(),
                facts.method(),
                facts.hasId(),
                facts.isIdOverlong(),
                new String(facts.id(), 0, facts.idLength(), StandardCharsets.ISO_8859_1),
                facts.isNameOverlong(),
                new String(facts.name(), 0, facts.nameLength(), StandardCharsets.ISO_8859_1),
                facts.isRoutable(),
                facts.isComplete());
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

    static Scan pieces(McpScanner scanner, List<ByteBuf> pieces) {
        pieces.forEach(scanner::feed);
        scanner.end();
        return of(scanner.facts());
    }
}
