package dev.outrigger.mcp;

import dev.outrigger.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Gives a message a trace context in {@code params._meta} (SEP-414) by putting text in at one place, so that all other bytes
 * stay what they are: numbers too large for a double, the order of keys, spelling.
 */
public final class MetaTrace {
    /** What to put in, and where. */
    public static final class Insertion {
        private final long offset;
        private final byte[] text;

        private Insertion(long offset, byte[] text) {
            this.offset = offset;
            this.text = text;
        }

        /** In bytes, from the first one fed to the scanner. */
        public long offset() {
            return offset;
        }

        /** UTF-8; not a copy. */
        public byte[] text() {
            return text;
        }
    }

    private MetaTrace() {}

    /**
     * @param facts of a whole message, see {@link McpFacts#isOver()}
     * @param tracestate left out if null, and where the message has one
     * @return null if nothing must be put in, because there is a {@code traceparent} already or the message is neither
     *     request nor notification, or nothing can be, because {@code params} or {@code _meta} is something else than an
     *     object
     */
    public static @Nullable Insertion of(McpFacts facts, CharSequence traceparent, @Nullable String tracestate) {
        if (!isAddressable(facts) || facts.meta().has(McpMember.TRACEPARENT)) {
            return null;
        }
        if (facts.hasMeta()) {
            String inherited = facts.meta().has(McpMember.TRACESTATE) ? null : tracestate;
            String members = members(traceparent, inherited);
            return insertion(facts.metaMembersAt(), members, facts.isMetaEmpty());
        }
        String meta = "\"_meta\":{" + members(traceparent, tracestate) + '}';
        if (facts.hasParams()) {
            return insertion(facts.paramsMembersAt(), meta, facts.isParamsEmpty());
        }
        // Not empty: there is a method at least.
        return insertion(facts.rootMembersAt(), "\"params\":{" + meta + '}', false);
    }

    private static boolean isAddressable(McpFacts facts) {
        McpFacts.Kind kind = facts.kind();
        return facts.isOver() && (kind == McpFacts.Kind.REQUEST || kind == McpFacts.Kind.NOTIFICATION);
    }

    private static String members(CharSequence traceparent, @Nullable String tracestate) {
        JsonWriter json = new JsonWriter().beginObject().name("traceparent").value(traceparent.toString());
        if (tracestate != null) {
            json.name("tracestate").value(tracestate);
        }
        String object = json.endObject().toString();
        return object.substring(1, object.length() - 1);
    }

    /** @param membersAt -1 if there is no object */
    private static @Nullable Insertion insertion(int membersAt, String members, boolean empty) {
        if (membersAt < 0) {
            return null;
        }
        String text = empty ? members : members + ',';
        return new Insertion(membersAt, text.getBytes(StandardCharsets.UTF_8));
    }
}
