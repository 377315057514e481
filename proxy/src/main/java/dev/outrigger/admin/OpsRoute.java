package dev.outrigger.admin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table of routes.
 *
 * @param path {@code /name/{variable}/name}
 * @param summary what it does, a phrase for the index
 */
record OpsRoute(String method, String path, String summary, OpsEndpoint endpoint) {
    OpsRoute {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path " + path + ", expected one that begins with /");
        }
    }

    /** HEAD is GET without the body, which the codec leaves out. */
    boolean accepts(String requested) {
        return method.equals(requested) || (method.equals("GET") && requested.equals("HEAD"));
    }

    /** @return what stands for the variables if the path fits, else null */
    @Nullable
    Map<String, String> match(List<String> segments) {
        String[] parts = path.substring(1).split("/", -1);
        if (parts.length != segments.size()) {
            return null;
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            String segment = segments.get(i);
            if (part.startsWith("{") && part.endsWith("}")) {
                variables.put(part.substring(1, part.length() - 1), segment);
            } else if (!part.equals(segment)) {
                return null;
            }
        }
        return variables;
    }

    @Override
    public String toString() {
        return method + ' ' + path;
    }
}
