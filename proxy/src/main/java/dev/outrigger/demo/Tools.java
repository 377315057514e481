package dev.outrigger.demo;

import dev.outrigger.json.JsonWriter;
import io.netty.channel.EventLoop;
import java.util.List;

/** The tools of the demo, each there to show one thing about the sidecar. */
final class Tools {
    private static final int MAX_SLOW_MILLIS = 60_000;
    private static final int MAX_LARGE_BYTES = 8 * 1024 * 1024;
    private static final int MAX_STEPS = 1_000;
    private static final int FLAKY_PERIOD = 3;

    private final EventLoop loop;
    private final List<Tool> all;
    private int flakyCalls;

    Tools(EventLoop loop) {
        this.loop = loop;
        this.all = List.of(
                new Tool(
                        "echo",
                        "Answers at once with the message it was given.",
                        """
                        {"type":"object","properties":{"message":{"type":"string"}},"required":["message"]}\
                        """,
                        call -> call.succeed(call.text("message"))),
                new Tool(
                        "slow",
                        "Answers after so many milliseconds, 60 s at most: deadlines, latency.",
                        """
                        {"type":"object","properties":{"millis":{"type":"integer","minimum":0,"default":1000}}}\
                        """,
                        Tools::slow),
                new Tool(
                        "flaky",
                        "Fails every third call, as a tool or with HTTP 500: errors, the breaker.",
                        """
                        {"type":"object","properties":{"mode":{"enum":["tool","http"],"default":"tool"}}}\
                        """,
                        this::flaky),
                new Tool(
                        "large",
                        "Answers with so many bytes of text, 8 MiB at most: streaming.",
                        """
                        {"type":"object","properties":{"bytes":{"type":"integer","minimum":0,"default":1048576}}}\
                        """,
                        call -> call.succeedWithFiller(call.integer("bytes", 1024 * 1024, MAX_LARGE_BYTES))),
                new Tool("progress", "Reports each step as an event, then answers: long calls.", """
                    {"type":"object","properties":{"steps":{"type":"integer","minimum":0,"default":5},\
                    "interval_millis":{"type":"integer","minimum":0,"default":200}}}\
                    """, Tools::progress));
    }

    /** Writes the member {@code tools} of a result. */
    void writeList(JsonWriter json) {
        json.name("tools").beginArray();
        all.forEach(tool -> tool.write(json));
        json.endArray();
    }

    void call(Message request, Era era, Answer answer) {
        ToolCall call = new ToolCall(request, era, answer, loop);
        String name = request.params().text("name");
        if (request.params().has("arguments") && !request.params().hasObject("arguments")) {
            call.refuse("arguments: expected an object");
            return;
        }
        for (Tool tool : all) {
            if (tool.name().equals(name)) {
                run(tool, call);
                return;
            }
        }
        call.refuse("name: no tool " + name + ", expected one that tools/list names");
    }

    private static void run(Tool tool, ToolCall call) {
        try {
            tool.body().run(call);
        } catch (Tool.BadArgument e) {
            call.refuse(e.getMessage());
        }
    }

    private static void slow(ToolCall call) throws Tool.BadArgument {
        int millis = call.integer("millis", 1_000, MAX_SLOW_MILLIS);
        call.after(millis, () -> call.succeed("slept " + millis + " ms"));
    }

    private void flaky(ToolCall call) throws Tool.BadArgument {
        String mode = call.text("mode", "tool");
        if (!mode.equals("tool") && !mode.equals("http")) {
            throw new Tool.BadArgument("mode", "tool or http");
        }
        flakyCalls = (flakyCalls + 1) % FLAKY_PERIOD;
        if (flakyCalls != 0) {
            call.succeed("went well, this time");
        } else if (mode.equals("tool")) {
            call.failAsTool("went wrong, as every third call does");
        } else {
            call.failAsServer("went wrong, as every third call does");
        }
    }

    private static void progress(ToolCall call) throws Tool.BadArgument {
        int steps = call.integer("steps", 5, MAX_STEPS);
        int intervalMillis = call.integer("interval_millis", 200, MAX_SLOW_MILLIS);
        call.openStream();
        step(call, 0, steps, intervalMillis);
    }

    private static void step(ToolCall call, int done, int steps, int intervalMillis) {
        if (done > 0) {
            call.progress(done, steps);
        }
        if (done == steps) {
            call.succeed("did " + steps + " steps");
        } else {
            call.after(intervalMillis, () -> step(call, done + 1, steps, intervalMillis));
        }
    }
}
