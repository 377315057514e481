package dev.outrigger.demo;

import dev.outrigger.json.JsonWriter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One {@code tools/call} under way: its arguments, its time and its answer. */
final class ToolCall {
    private final Message request;
    private final Era era;
    private final Answer answer;
    private final EventLoop loop;
    private @Nullable ScheduledFuture<?> timer;

    ToolCall(Message request, Era era, Answer answer, EventLoop loop) {
        this.request = request;
        this.era = era;
        this.answer = answer;
        this.loop = loop;
    }

    String text(String name) throws Tool.BadArgument {
        String value = arguments().text(name);
        if (value == null) {
            throw new Tool.BadArgument(name, "a string");
        }
        return value;
    }

    String text(String name, String absent) throws Tool.BadArgument {
        return arguments().has(name) ? text(name) : absent;
    }

    /**
     * @param absent the value where the argument is left out
     * @param cap larger values count as this one
     */
    int integer(String name, int absent, int cap) throws Tool.BadArgument {
        if (!arguments().has(name)) {
            return absent;
        }
        double value = arguments().get(name) instanceof Json.Num number ? Double.parseDouble(number.raw()) : -1;
        if (value < 0 || value != Math.rint(value)) {
            throw new Tool.BadArgument(name, "an integer from 0");
        }
        return (int) Math.min(value, cap);
    }

    /** Goes on later, unless the call is over by then. */
    void after(int millis, Runnable next) {
        if (timer == null) {
            answer.onEnd(this::stopTimer);
        }
        timer = loop.schedule(next, millis, TimeUnit.MILLISECONDS);
    }

    /** Answers step by step from here on. */
    void openStream() {
        answer.openStream();
    }

    /** Tells the client how far the work is, if it gave a token to be told by. */
    void progress(int step, int total) {
        String token = request.params().object("_meta").rawId("progressToken");
        if (token != null) {
            answer.send(Rpc.progress(token, step, total));
        }
    }

    void succeed(String text) {
        answer.complete(Rpc.result(request.requestId(), era, json -> writeContent(json, text, false)));
    }

    /** The tool ran and failed: a result as far as the protocol is concerned. */
    void failAsTool(String text) {
        answer.complete(Rpc.result(request.requestId(), era, json -> writeContent(json, text, true)));
    }

    /** The server broke: HTTP 500. */
    void failAsServer(String text) {
        answer.fail(Rpc.error(request.requestId(), Rpc.INTERNAL_ERROR, text));
    }

    void refuse(String problem) {
        answer.complete(Rpc.error(request.requestId(), Rpc.INVALID_PARAMS, problem));
    }

    /** Succeeds with this many bytes of text. */
    void succeedWithFiller(int bytes) {
        StringBuilder text = new StringBuilder(256);
        int[] hole = new int[1];
        Consumer<JsonWriter> content = json -> {
            json.name("content").beginArray().beginObject();
            json.name("type").value("text").name("text").value("");
            hole[0] = text.length() - 1;
            json.endObject().endArray();
        };
        Rpc.writeResult(new JsonWriter(text), request.requestId(), era, content);
        answer.complete(Payload.withFiller(text.substring(0, hole[0]), bytes, text.substring(hole[0])));
    }

    private static void writeContent(JsonWriter json, String text, boolean isError) {
        json.name("content").beginArray().beginObject();
        json.name("type").value("text").name("text").value(text);
        json.endObject().endArray();
        json.name("isError").value(isError);
    }

    private Json.Obj arguments() {
        return request.params().object("arguments");
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
