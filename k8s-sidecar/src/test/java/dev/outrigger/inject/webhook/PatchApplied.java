package dev.outrigger.inject.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** RFC 6902 as an API server applies it, for the operations that we send. */
final class PatchApplied {
    private PatchApplied() {}

    static JsonNode to(JsonNode document, JsonNode operations) {
        JsonNode[] root = {document.deepCopy()};
        for (JsonNode operation : operations) {
            apply(root, operation.path("op").asText(), operation.path("path").asText(), operation.get("value"));
        }
        return root[0];
    }

    private static void apply(JsonNode[] root, String op, String path, JsonNode value) {
        if (path.isEmpty()) {
            root[0] = value;
            return;
        }
        int slash = path.lastIndexOf('/');
        JsonNode parent = root[0].at(path.substring(0, slash));
        String key = path.substring(slash + 1).replace("~1", "/").replace("~0", "~");
        if (parent instanceof ObjectNode object) {
            if (!op.equals("add") && !object.has(key)) {
                throw new AssertionError(op + " of what is not there: " + path);
            }
            if (op.equals("remove")) {
                object.remove(key);
            } else {
                object.set(key, value);
            }
        } else if (parent instanceof ArrayNode array) {
            int index = Integer.parseInt(key);
            if (index > array.size() || !op.equals("add") && index == array.size()) {
                throw new AssertionError(op + " beyond the end: " + path);
            }
            switch (op) {
                case "add" -> array.insert(index, value);
                case "replace" -> array.set(index, value);
                default -> array.remove(index);
            }
        } else {
            throw new AssertionError("no parent: " + path);
        }
    }
}
