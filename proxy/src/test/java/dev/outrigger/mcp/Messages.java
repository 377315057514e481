package dev.outrigger.mcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Random bodies: JSON-RPC messages in every spelling that JSON allows, and ruined ones. */
final class Messages {
    private static final String[] METHODS = {
        "tools/call", "prompts/get", "resources/read", "tasks/get", "ping", "notifications/progress", "no/such", ""
    };
    private static final String[] OTHER_KEYS = {"jsonrpc", "extra", "", "ids", "nam", "arguments", "n\u00e4me"};
    private static final String[] CONFUSING_KEYS = {
        "Method", "ID", "PARAMS", "Name", "URI", "ta\u017f\u212aId", "param\u017f", "method", "id", "name", "uri"
    };
    private static final String[] TEXT_PARAMS = {"name", "uri", "taskId", "protocolVersion", "Uri", "taskid"};
    private static final String[] OTHER_PARAMS = {
        "requestId", "progressToken", "cursor", "inputResponses", "requestState", "requestIds", "inputResponse_"
    };
    private static final String[] META_KEYS = {
        "traceparent",
        "tracestate",
        "progressToken",
        "io.modelcontextprotocol/protocolVersion",
        "io.modelcontextprotocol/protocolVersi\u00f6n",
        "io.modelcontextprotocol/clientInfo",
        "tracepurent"
    };
    private static final String[] RESULT_KEYS = {
        "isError",
        "resultType",
        "taskId",
        "task",
        "protocolVersion",
        "nextCursor",
        "tools",
        "content",
        "resultTypo",
        "ttlMs",
        "cacheScope"
    };
    private static final String[] RESULT_TYPES = {"complete", "input_required", "task", "tasks", "", "Complete"};
    private static final String[] TOOL_KEYS = {"name", "annotations", "description", "annotationz"};
    private static final String[] HINTS = {
        "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint", "title", "readOnlyHalt"
    };
    private static final String[] CODES = {"-32602", "-32002", "10003", "-0", "2147483647", "-2147483648", "2147483648"
    };
    private static final String[] NUMBERS = {"0", "-0", "7", "-12.5e+3", "1E9", "123456789012345678901234567890", "0.1"
    };

    /** What ruins a document most quickly. */
    private static final byte[] SHARP = "\"\\{}[]:,0-.eE truefalsn/\u0000\t\n\u001f".getBytes(StandardCharsets.UTF_8);

    private final Random random;
    private final StringBuilder out = new StringBuilder();

    private Messages(Random random) {
        this.random = random;
    }

    /** A message, now and then one that must be refused. */
    static byte[] message(Random random) {
        Messages messages = new Messages(random);
        messages.document();
        return messages.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The same with a few bytes changed, cut out or put in. */
    static byte[] ruined(Random random) {
        return ruined(message(random), random);
    }

    static byte[] ruined(byte[] message, Random random) {
        byte[] body = message;
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(body.length);
            int end = random.nextInt(3) == 0 ? at : Math.min(body.length, at + 1 + random.nextInt(3));
            ByteArrayOutputStream ruined = new ByteArrayOutputStream();
            ruined.write(body, 0, at);
            for (int more = random.nextInt(3); more > 0; more--) {
                ruined.write(random.nextInt(4) == 0 ? random.nextInt(256) : SHARP[random.nextInt(SHARP.length)]);
            }
            ruined.write(body, end, random.nextInt(8) == 0 ? 0 : body.length - end);
            body = ruined.size() == 0 ? new byte[] {' '} : ruined.toByteArray();
        }
        return body;
    }

    private void document() {
        if (chance(20)) {
            space();
            out.append('\ufeff');
        }
        space();
        if (chance(20)) {
            value(0);
        } else if (chance(8)) {
            batch();
        } else {
            message();
        }
        space();
    }

    private void batch() {
        array(chance(20) ? 99 + random.nextInt(4) : random.nextInt(4), () -> {
            if (chance(40)) {
                value(1);
            } else {
                message();
            }
        });
    }

    private void message() {
        boolean answer = chance(3);
        List<Runnable> members = new ArrayList<>();
        members.add(() -> member("jsonrpc", () -> string("2.0")));
        if (answer ? chance(12) : !chance(6)) {
            members.add(() -> member("method", this::method));
        }
        if (!chance(4)) {
            members.add(() -> member("id", this::id));
        }
        if (answer ? chance(12) : !chance(4)) {
            members.add(() -> member("params", this::params));
        }
        for (int i = answer ? chance(6) ? 2 : 1 : chance(20) ? 1 : 0; i > 0; i--) {
            members.add(() -> answer());
        }
        extras(members, 12);
        object(members);
    }

    private void params() {
        if (chance(12)) {
            value(1);
            return;
        }
        List<Runnable> members = new ArrayList<>();
        for (String key : TEXT_PARAMS) {
            if (chance(key.equals("name") ? 2 : key.endsWith("ri") || key.startsWith("task") ? 4 : 20)) {
                members.add(() -> member(key, () -> textOrAny(chance(20) ? 300 + random.nextInt(1200) : 20)));
            }
        }
        for (String key : OTHER_PARAMS) {
            if (chance(8)) {
                members.add(() -> member(key, this::id));
            }
        }
        if (chance(2)) {
            members.add(() -> member("_meta", this::meta));
        }
        members.add(() -> member("arguments", () -> value(2)));
        extras(members, 20);
        object(members);
    }

    private void meta() {
        if (chance(12)) {
            value(2);
            return;
        }
        List<Runnable> members = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            String key = META_KEYS[random.nextInt(META_KEYS.length)];
            members.add(
                    () -> member(key, key.equals("progressToken") ? this::id : () -> textOrAny(chance(8) ? 700 : 60)));
        }
        object(members);
    }

    private void answer() {
        if (chance(3)) {
            member("error", () -> {
                if (chance(6)) {
                    value(1);
                    return;
                }
                List<Runnable> members = new ArrayList<>();
                members.add(() -> member("code", this::code));
                members.add(() -> member(chance(8) ? "code" : "message", () -> value(2)));
                Collections.shuffle(members, random);
                object(members);
            });
        } else {
            member("result", this::result);
        }
    }

    private void code() {
        if (chance(6)) {
            value(2);
        } else {
            out.append(pick(chance(8) ? NUMBERS : CODES));
        }
    }

    private void result() {
        if (chance(12)) {
            value(1);
            return;
        }
        List<Runnable> members = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            String key = pick(RESULT_KEYS);
            members.add(() -> member(key, () -> resultValue(key)));
        }
        extras(members, 20);
        object(members);
    }

    private void resultValue(String key) {
        if (chance(10)) {
            value(2);
            return;
        }
        switch (key) {
            case "isError" -> out.append(chance(2));
            case "resultType" -> string(pick(RESULT_TYPES));
            case "tools" -> array(random.nextInt(4), this::tool);
            case "task" ->
                object(List.of(
                        () -> member("status", () -> string("working")),
                        () -> member(chance(4) ? "taskid" : "taskId", () -> textOrAny(20))));
            case "nextCursor" -> id();
            case "ttlMs" -> out.append(random.nextInt(100_000));
            case "cacheScope" -> string(chance(2) ? "public" : "private");
            default -> textOrAny(chance(12) ? 300 : 20);
        }
    }

    private void tool() {
        if (chance(12)) {
            value(3);
            return;
        }
        List<Runnable> members = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            String key = pick(TOOL_KEYS);
            members.add(() -> member(key, key.equals("annotations") ? this::annotations : () -> textOrAny(20)));
        }
        object(members);
    }

    private void annotations() {
        List<Runnable> members = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            members.add(() -> member(pick(HINTS), () -> {
                if (chance(8)) {
                    value(4);
                } else {
                    out.append(chance(2));
                }
            }));
        }
        object(members);
    }

    private void textOrAny(int maxLength) {
        if (chance(10)) {
            value(2);
        } else {
            string(text(maxLength));
        }
    }

    private void extras(List<Runnable> members, int confusingOneIn) {
        for (int i = random.nextInt(3); i > 0; i--) {
            members.add(() -> member(pick(OTHER_KEYS), () -> value(2)));
        }
        if (chance(confusingOneIn)) {
            members.add(() -> member(pick(CONFUSING_KEYS), this::id));
        }
        Collections.shuffle(members, random);
    }

    private void method() {
        if (chance(30)) {
            value(1);
        } else {
            string(pick(METHODS));
        }
    }

    private void id() {
        switch (random.nextInt(12)) {
            case 0 -> out.append("null");
            case 1, 2, 3 -> string(text(chance(10) ? 300 : 12));
            case 4 -> value(2);
            default -> out.append(pick(NUMBERS));
        }
    }

    private void value(int depth) {
        switch (random.nextInt(depth > 5 ? 6 : 9)) {
            case 0 -> out.append("true");
            case 1 -> out.append("false");
            case 2 -> out.append("null");
            case 3 -> out.append(pick(NUMBERS));
            case 4, 5 -> string(text(chance(12) ? 200 : 15));
            case 6, 7 -> {
                List<Runnable> members = new ArrayList<>();
                for (int i = random.nextInt(6); i > 0; i--) {
                    members.add(() -> member(chance(6) ? pick(CONFUSING_KEYS) : text(12), () -> value(depth + 1)));
                }
                object(members);
            }
            default -> array(random.nextInt(6), () -> value(depth + 1));
        }
    }

    private void object(List<Runnable> members) {
        out.append('{');
        space();
        for (int i = 0; i < members.size(); i++) {
            if (i > 0) {
                out.append(',');
                space();
            }
            members.get(i).run();
            space();
        }
        out.append('}');
    }

    private void array(int size, Runnable element) {
        out.append('[');
        space();
        for (int i = 0; i < size; i++) {
            if (i > 0) {
                out.append(',');
                space();
            }
            element.run();
            space();
        }
        out.append(']');
    }

    private void member(String key, Runnable value) {
        string(key);
        space();
        out.append(':');
        space();
        value.run();
    }

    private void string(String text) {
        out.append('"');
        boolean escapesAll = chance(8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c) || escapesAll || chance(40)) {
                escape(c);
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private void escape(char c) {
        int simple = "\"\\/\b\f\n\r\t".indexOf(c);
        if (simple >= 0 && chance(2)) {
            out.append('\\').append("\"\\/bfnrt".charAt(simple));
        } else {
            String hex = Integer.toHexString(0x10000 | c).substring(1);
            out.append("\\u").append(chance(2) ? hex : hex.toUpperCase(Locale.ROOT));
        }
    }

    private String text(int maxLength) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
            switch (random.nextInt(16)) {
                case 0 -> text.append("\"\\/\b\f\n\r\t\u0000\u001f".charAt(random.nextInt(10)));
                case 1 -> text.append((char) (0x80 + random.nextInt(0xff00)));
                case 2 -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
                default -> text.append((char) ('a' + random.nextInt(26)));
            }
        }
        return text.toString();
    }

    private void space() {
        if (chance(5)) {
            for (int i = random.nextInt(chance(10) ? 40 : 3); i > 0; i--) {
                out.append(chance(2) ? ' ' : " \n\r\t".charAt(random.nextInt(4)));
            }
        }
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private String pick(String[] of) {
        return of[random.nextInt(of.length)];
    }
}
