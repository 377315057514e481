package dev.outrigger.inject.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What leads from one tree to another, as RFC 6902 has it. Made from the two trees and not kept along while one is changed, so
 * that the injection needs to know nothing of patches.
 *
 * <p>Elements of arrays are taken for the same if they have the same {@code name}, as containers, volumes and ports do. Where
 * the old elements do not all come again in their order, the array is replaced as a whole.
 */
final class JsonPatch {
    private final ArrayNode operations = JsonNodeFactory.instance.arrayNode();

    private JsonPatch() {}

    /** @return the operations, none if the trees are equal */
    static ArrayNode between(JsonNode from, JsonNode to) {
        JsonPatch patch = new JsonPatch();
        patch.compare("", from, to);
        return patch.operations;
    }

    private void compare(String path, JsonNode from, JsonNode to) {
        if (from.equals(to)) {
            return;
        }
        if (from instanceof ObjectNode before && to instanceof ObjectNode after) {
            compareObjects(path, before, after);
        } else if (from instanceof ArrayNode before && to instanceof ArrayNode after && isGrown(before, after)) {
            compareArrays(path, before, after);
        } else {
            add("replace", path).set("value", to);
        }
    }

    private void compareObjects(String path, ObjectNode from, ObjectNode to) {
        from.fieldNames().forEachRemaining(key -> {
            if (!to.has(key)) {
                add("remove", path + '/' + escaped(key));
            }
        });
        to.properties().forEach(entry -> {
            String at = path + '/' + escaped(entry.getKey());
            JsonNode before = from.get(entry.getKey());
            if (before == null) {
                add("add", at).set("value", entry.getValue());
            } else {
                compare(at, before, entry.getValue());
            }
        });
    }

    /** Whether each old element comes again, in the same order, with new ones at any place. */
    private static boolean isGrown(ArrayNode from, ArrayNode to) {
        int next = 0;
        for (int i = 0; i < to.size() && next < from.size(); i++) {
            if (isSame(from.get(next), to.get(i))) {
                next++;
            }
        }
        return next == from.size();
    }

    private void compareArrays(String path, ArrayNode from, ArrayNode to) {
        int next = 0;
        for (int i = 0; i < to.size(); i++) {
            String at = path + '/' + i;
            if (next < from.size() && isSame(from.get(next), to.get(i))) {
                compare(at, from.get(next), to.get(i));
                next++;
            } else {
                add("add", at).set("value", to.get(i));
            }
        }
    }

    private static boolean isSame(JsonNode one, JsonNode other) {
        JsonNode name = one.path("name");
        return name.isTextual() ? name.equals(other.path("name")) : one.equals(other);
    }

    private ObjectNode add(String operation, String path) {
        return operations.addObject().put("op", operation).put("path", path);
    }

    /** As RFC 6901 has it. */
    private static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }
}
