package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random event streams, in every spelling that the format allows, and streams of anything. */
final class SseStreams {
    private static final String[] LINE_ENDS = {"\n", "\r\n", "\r"};
    private static final String[] MESSAGES = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"caf\u00e9\",\"result\":{\"text\":\"\ud83d\ude00 a\\nb\"}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":7}}",
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"sampling/createMessage\",\"params\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32601,\"message\":\"no\"}}"
    };
    private static final String[] NO_MESSAGES = {
        "", " ", "ping", "/message?sessionId=1", "{\"id\":1", "{}", "7", "{\"id\":[],\"result\":1}", "[".repeat(70)
    };
    private static final String[] SHARDS = {
        "data:",
        "data",
        "data: ",
        "event:",
        "event: ",
        "id:",
        "id: ",
        "retry: ",
        ":",
        "message",
        "endpoint",
        "\n",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        " ",
        "\u0000",
        "\ufeff",
        "1",
        "datum",
        MESSAGES[0],
        MESSAGES[1],
        MESSAGES[2],
        "{\"id\":1,",
        "\"result\":{}}",
        "\u00e9",
        "x"
    };

    private final Random random;
    private final StringBuilder out = new StringBuilder();
    private final String lineEnd;

    private SseStreams(Random random) {
        this.random = random;
        this.lineEnd = pick(LINE_ENDS);
    }

    /** A stream of whole events. */
    static byte[] stream(Random random) {
        SseStreams streams = new SseStreams(random);
        if (streams.chance(6)) {
            streams.out.append('\ufeff');
        }
        for (int i = random.nextInt(6); i >= 0; i--) {
            streams.event();
        }
        return streams.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Pieces of streams in any order. */
    static byte[] shards(Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(60); i >= 0; i--) {
            out.append(SHARDS[random.nextInt(SHARDS.length)]);
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void event() {
        if (chance(8)) {
            data("[" + pick(MESSAGES) + "," + pick(MESSAGES) + "]");
            end();
            return;
        }
        List<Runnable> fields = new ArrayList<>();
        if (chance(2)) {
            fields.add(() -> field("event", pick("message", "endpoint", "", "messages", "Message", "other")));
        }
        if (!chance(6)) {
            fields.add(() -> data(chance(3) ? pick(NO_MESSAGES) : pick(MESSAGES)));
        }
        if (chance(3)) {
            fields.add(() -> field("id", pick("1", "", "a-long-one/with:colons", "zero\u0000inside")));
        }
        if (chance(6)) {
            fields.add(() -> field("retry", pick("10", "", "x")));
        }
        if (chance(6)) {
            fields.add(() -> field(pick("datas", "even", "idx", "Data", "unknown-field", " data"), pick(MESSAGES)));
        }
        Collections.shuffle(fields, random);
        for (Runnable field : fields) {
            if (chance(6)) {
                out.append(':').append(pick("", " ping", "data: {}")).append(end(3));
            }
            field.run();
        }
        end();
    }

    /** Now and then in several lines, cut where JSON has white space or may have some. */
    private void data(String json) {
        if (chance(3) && json.startsWith("{\"jsonrpc\":\"2.0\",")) {
            field("data", "{");
            field("data", "\"jsonrpc\":\"2.0\",");
            field("data", json.substring("{\"jsonrpc\":\"2.0\",".length()));
        } else {
            field("data", json);
        }
    }

    private void field(String name, String value) {
        out.append(name);
        if (!value.isEmpty() || chance(2)) {
            out.append(pick(":", ": ")).append(value);
        }
        out.append(end(30));
    }

    private void end() {
        if (!out.isEmpty() && out.charAt(out.length() - 1) == '\r') {
            // A line feed right behind it would belong to the line before.
            out.append(':').append(lineEnd);
        }
        out.append(lineEnd).append(chance(6) ? lineEnd : "");
    }

    private String end(int oneIn) {
        return chance(oneIn) ? pick(LINE_ENDS) : lineEnd;
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private String pick(String... texts) {
        return texts[random.nextInt(texts.length)];
    }
}
