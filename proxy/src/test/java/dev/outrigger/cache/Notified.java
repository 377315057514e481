package dev.outrigger.cache;

import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpScanner;
import java.nio.charset.StandardCharsets;

/** What servers say of changes. */
final class Notified {
    private Notified() {}

    static void toolsChanged(Epochs epochs) {
        epochs.onNotification(message("notifications/tools/list_changed", "{}"));
    }

    static McpFacts message(String method, String params) {
        McpScanner scanner = new McpScanner();
        byte[] json = ("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + params + "}")
                .getBytes(StandardCharsets.UTF_8);
        scanner.feed(json, 0, json.length);
        scanner.end();
        return scanner.facts();
    }
}
