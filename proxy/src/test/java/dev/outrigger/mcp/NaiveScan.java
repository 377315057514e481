package dev.outrigger.mcp;

import dev.outrigger.json.NaiveJson;
import dev.outrigger.json.NaiveJson.Type;
import dev.outrigger.json.NaiveJson.Value;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a message says, read off the parsed document: the specification that {@link McpScanner} is compared with. */
final class NaiveScan {
    private static final int LIMIT_BYTES = 256;
    private static final int TRACESTATE_LIMIT_BYTES = 512;
    private static final int URI_LIMIT_BYTES = 1024;
    private static final int MAX_ELEMENTS = 100;

    private static final List<String> ROOT_MEMBERS = List.of("method", "id", "params");
    private static final List<String> PARAMS_MEMBERS = List.of(
            "name",
            "uri",
            "taskId",
            "_meta",
            "cursor",
            "requestId",
            "progressToken",
            "protocolVersion",
            "inputResponses",
            "requestState");
    private static final String META_PROTOCOL_VERSION = "io.modelcontextprotocol/protocolVersion";
    private static final List<String> META_MEMBERS =
            List.of("traceparent", "tracestate", "progressToken", META_PROTOCOL_VERSION);

    /** The message must be refused. */
    private static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final Map<String, String> facts = new TreeMap<>();
    private final List<String> tools = new ArrayList<>();
    private @Nullable McpMethod method;

    private NaiveScan() {}

    /** Facts of a whole body; of an INVALID one only the kind is meant. */
    static Scan of(byte[] body) {
        if (new String(body, StandardCharsets.ISO_8859_1).matches("[ \n\r\t]*")) {
            return none();
        }
        Optional<Value> document = NaiveJson.parse(body, 64);
        if (document.isEmpty()) {
            return invalid();
        }
        try {
            return switch (document.get().type()) {
                case OBJECT -> new NaiveScan().message(document.get());
                case ARRAY -> batch(document.get().elements());
                default -> none();
            };
        } catch (Invalid e) {
            return invalid();
        }
    }

    private static Scan batch(List<Value> messages) {
        List<Scan> elements = new ArrayList<>();
        List<String> tools = new ArrayList<>();
        for (Value message : messages) {
            require(message.type() == Type.OBJECT && elements.size() < MAX_ELEMENTS);
            Scan element = new NaiveScan().message(message);
            tools.addAll(element.tools());
            elements.add(new Scan(
                    element.kind(), element.problem(), true, element.method(), element.facts(), List.of(), List.of()));
        }
        Map<String, String> facts = Map.of("batch." + elements.size(), "");
        return new Scan(McpFacts.Kind.BATCH, McpFacts.Problem.NONE, true, null, facts, elements, tools);
    }

    private Scan message(Value message) {
        ROOT_MEMBERS.forEach(key -> {
            requireOnce(message, key);
            requireClear(message, key);
        });
        put("at." + (message.at() + 1), true);
        Value named = find(message, "method");
        if (named != null) {
            require(named.type() == Type.STRING);
            method = McpMethod.of(named.text(), 0, named.text().length);
        }
        Value id = find(message, "id");
        if (id != null) {
            require(id.type() == Type.STRING || id.type() == Type.NUMBER || isNull(id));
            put("id", id.raw(), LIMIT_BYTES);
        }
        Value params = find(message, "params");
        put("params", params != null);
        if (params != null && params.type() == Type.OBJECT) {
            params(params);
        }
        Value result = find(message, "result");
        put("result", result != null);
        if (result != null) {
            result(result);
        }
        Value error = find(message, "error");
        put("error", error != null && !isNull(error));
        if (error != null) {
            Value code = find(error, "code");
            if (code != null && isInt(code.rawString())) {
                put("error.code." + Integer.parseInt(code.rawString()), true);
            }
        }
        McpFacts.Kind kind = method != null
                ? id != null ? McpFacts.Kind.REQUEST : McpFacts.Kind.NOTIFICATION
                : result != null || error != null ? McpFacts.Kind.RESPONSE : McpFacts.Kind.NONE;
        return new Scan(kind, McpFacts.Problem.NONE, true, method, facts, List.of(), tools);
    }

    private void params(Value params) {
        PARAMS_MEMBERS.forEach(key -> requireOnce(params, key));
        if (method != null) {
            switch (method.subject()) {
                case NONE -> {}
                case NAME -> requireClear(params, "name");
                case URI -> requireClear(params, "uri");
                case TASK_ID -> requireClear(params, "taskId");
            }
        }
        put("params.at." + (params.at() + 1), true);
        put("params.empty", params.members().isEmpty());
        putText("name", find(params, "name"), LIMIT_BYTES);
        facts.remove("name", "");
        putText("uri", find(params, "uri"), URI_LIMIT_BYTES);
        putText("taskId", find(params, "taskId"), LIMIT_BYTES);
        putText("protocolVersion", find(params, "protocolVersion"), LIMIT_BYTES);
        putRaw("requestId", find(params, "requestId"));
        putRaw("progressToken", find(params, "progressToken"));
        for (String key : List.of("cursor", "inputResponses", "requestState")) {
            put(key, find(params, key) != null);
        }
        Value meta = find(params, "_meta");
        put("meta", meta != null);
        if (meta != null && meta.type() == Type.OBJECT) {
            META_MEMBERS.forEach(key -> requireOnce(meta, key));
            put("meta.at." + (meta.at() + 1), true);
            put("meta.empty", meta.members().isEmpty());
            putText("meta.traceparent", find(meta, "traceparent"), LIMIT_BYTES);
            putText("meta.tracestate", find(meta, "tracestate"), TRACESTATE_LIMIT_BYTES);
            putText("meta.protocolVersion", find(meta, META_PROTOCOL_VERSION), LIMIT_BYTES);
            putRaw("meta.progressToken", find(meta, "progressToken"));
        }
    }

    private void result(Value result) {
        Value isError = find(result, "isError");
        put("result.isError", isError != null && isError.rawString().equals("true"));
        Value nextCursor = find(result, "nextCursor");
        put("result.nextCursor", nextCursor != null && !isNull(nextCursor));
        Value type = find(result, "resultType");
        if (type != null && !isNull(type)) {
            String label = type.type() == Type.STRING ? type.string() : "";
            boolean known = Set.of("complete", "input_required", "task").contains(label);
            put("result.type." + (known ? label.toUpperCase(Locale.ROOT) : "OTHER"), true);
        }
        Value ttl = find(result, "ttlMs");
        if (ttl != null && !isNull(ttl)) {
            boolean whole = ttl.type() != Type.STRING && ttl.rawString().matches("[0-9]+");
            BigInteger millis = whole ? new BigInteger(ttl.rawString()) : BigInteger.ZERO;
            put("result.ttl." + millis.min(BigInteger.valueOf(Scan.LONG_TTL_MILLIS)), true);
        }
        Value scope = find(result, "cacheScope");
        if (scope != null && !isNull(scope)) {
            boolean isPublic = scope.type() == Type.STRING && scope.string().equals("public");
            put("result.scope." + (isPublic ? "PUBLIC" : "PRIVATE"), true);
        }
        putLenient("result.protocolVersion", find(result, "protocolVersion"));
        putLenient("result.taskId", taskId(result));
        Value listed = find(result, "tools");
        if (listed != null) {
            listed.elements().forEach(this::tool);
        }
    }

    /** The first of {@code taskId} and {@code task.taskId}. */
    private static @Nullable Value taskId(Value result) {
        for (NaiveJson.Member member : result.members()) {
            if (isNamed(member, "taskId")) {
                return member.value();
            }
            if (isNamed(member, "task") && member.value() == find(result, "task")) {
                Value nested = find(member.value(), "taskId");
                if (nested != null) {
                    return nested;
                }
            }
        }
        return null;
    }

    private void tool(Value tool) {
        Value name = find(tool, "name");
        if (name == null || name.text().length == 0 || name.text().length > LIMIT_BYTES || !isUtf8(name.text())) {
            return;
        }
        int hints = 0;
        Value annotations = find(tool, "annotations");
        hints |= hint(annotations, "readOnlyHint", ToolHints.READ_ONLY, false);
        hints |= hint(annotations, "destructiveHint", ToolHints.DESTRUCTIVE, true);
        hints |= hint(annotations, "idempotentHint", ToolHints.IDEMPOTENT, false);
        hints |= hint(annotations, "openWorldHint", ToolHints.OPEN_WORLD, true);
        tools.add(new String(name.text(), StandardCharsets.ISO_8859_1) + " " + hints);
    }

    /** The first statement that is a boolean. */
    private static int hint(@Nullable Value annotations, String key, int bit, boolean byDefault) {
        List<NaiveJson.Member> members = annotations == null ? List.of() : annotations.members();
        return members.stream()
                .filter(member -> isNamed(member, key))
                .map(member -> member.value().rawString())
                .filter(value -> value.equals("true") || value.equals("false"))
                .findFirst()
                .map(value -> (value.equals("true") ? bit : 0) | bit << 4)
                .orElse(byDefault ? bit : 0);
    }

    private static boolean isInt(String number) {
        if (!number.matches("-?[0-9]+")) {
            return false;
        }
        BigInteger value = new BigInteger(number);
        return value.equals(BigInteger.valueOf(value.intValue()));
    }

    private void put(String name, boolean present) {
        if (present) {
            facts.put(name, "");
        }
    }

    private void put(String name, byte[] text, int limitBytes) {
        require(text.length > limitBytes || isUtf8(text));
        facts.put(name, text.length > limitBytes ? Scan.OVERLONG : new String(text, StandardCharsets.ISO_8859_1));
    }

    private void putText(String name, @Nullable Value value, int limitBytes) {
        if (value != null && value.type() == Type.STRING) {
            put(name, value.text(), limitBytes);
        }
    }

    private void putRaw(String name, @Nullable Value value) {
        if (value != null && (value.type() == Type.STRING || value.type() == Type.NUMBER)) {
            put(name, value.raw(), LIMIT_BYTES);
        }
    }

    /** What is not UTF-8 is absent. */
    private void putLenient(String name, @Nullable Value value) {
        if (value != null && (value.text().length > LIMIT_BYTES || isUtf8(value.text()))) {
            putText(name, value, LIMIT_BYTES);
        }
    }

    private static void requireOnce(Value object, String key) {
        require(object.members().stream().filter(member -> isNamed(member, key)).count() <= 1);
    }

    /** No other key is the same in other letters. */
    private static void requireClear(Value object, String key) {
        require(object.members().stream()
                .filter(member -> key.toLowerCase(Locale.ROOT).equals(folded(member)))
                .allMatch(member -> isNamed(member, key)));
    }

    private static String folded(NaiveJson.Member member) {
        return new String(member.name(), StandardCharsets.UTF_8)
                .replace('\u017f', 's')
                .replace('\u212a', 'k')
                .toLowerCase(Locale.ROOT);
    }

    private static void require(boolean valid) {
        if (!valid) {
            throw new Invalid();
        }
    }

    private static boolean isUtf8(byte[] text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static boolean isNull(Value value) {
        return value.rawString().equals("null");
    }

    private static @Nullable Value find(Value object, String name) {
        return object.members().stream()
                .filter(member -> isNamed(member, name))
                .map(NaiveJson.Member::value)
                .findFirst()
                .orElse(null);
    }

    private static boolean isNamed(NaiveJson.Member member, String name) {
        return Arrays.equals(member.name(), name.getBytes(StandardCharsets.UTF_8));
    }

    private static Scan none() {
        return new Scan(McpFacts.Kind.NONE, McpFacts.Problem.NONE, true, null, Map.of(), List.of(), List.of());
    }

    private static Scan invalid() {
        return new Scan(McpFacts.Kind.INVALID, McpFacts.Problem.NONE, true, null, Map.of(), List.of(), List.of());
    }
}
