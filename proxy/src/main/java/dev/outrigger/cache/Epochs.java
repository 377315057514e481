package dev.outrigger.cache;

import dev.outrigger.mcp.FactText;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often a server has said that something of its is another now. An answer is stamped when its question is sent, and counts
 * as long as the stamp is the one of now.
 *
 * <p>Stamps instead of looking for what has to go: a change costs one increment, however many answers are kept, on whichever
 * routes; and an answer that was on its way while the server said so is not kept for current.
 *
 * <p>Resources that change one by one share {@value #URIS} counters by the hash of their URI: bounded whatever a server says,
 * at the price that two of one counter go together. Safe for use by any thread.
 */
public final class Epochs {
    /** A power of two. */
    private static final int URIS = 256;

    private static final int TOOLS = URIS;
    private static final int PROMPTS = URIS + 1;
    private static final int RESOURCES = URIS + 2;

    private final AtomicLongArray changes = new AtomicLongArray(URIS + 3);

    /** The server has sent a notification; without effect if it tells of no change. */
    public void onNotification(McpFacts notification) {
        McpMethod method = notification.method();
        if (method == null) {
            return;
        }
        switch (method) {
            case NOTIFICATIONS_TOOLS_LIST_CHANGED -> changes.incrementAndGet(TOOLS);
            case NOTIFICATIONS_PROMPTS_LIST_CHANGED -> changes.incrementAndGet(PROMPTS);
            case NOTIFICATIONS_RESOURCES_LIST_CHANGED -> changes.incrementAndGet(RESOURCES);
            case NOTIFICATIONS_RESOURCES_UPDATED -> changes.incrementAndGet(slot(notification.uri()));
            default -> {}
        }
    }

    /**
     * The stamp of an answer; it only grows.
     *
     * @param method that was asked for
     * @param uriSlot of the resource, see {@link #slot}; of no meaning for other methods than {@code resources/read}
     */
    public long stamp(McpMethod method, int uriSlot) {
        return switch (method) {
            case TOOLS_LIST, TOOLS_CALL -> changes.get(TOOLS);
            case PROMPTS_LIST -> changes.get(PROMPTS);
            case RESOURCES_LIST, RESOURCES_TEMPLATES_LIST -> changes.get(RESOURCES);
            // Two counters that only grow: their sum changes with either.
            case RESOURCES_READ -> changes.get(RESOURCES) + changes.get(uriSlot);
            default -> 0;
        };
    }

    /** Which of the counters is that of a resource. */
    public static int slot(FactText uri) {
        int hash = 0;
        for (int i = 0; i < uri.length(); i++) {
            hash = 31 * hash + uri.bytes()[i];
        }
        return (hash ^ hash >>> 8 ^ hash >>> 16) & (URIS - 1);
    }
}
