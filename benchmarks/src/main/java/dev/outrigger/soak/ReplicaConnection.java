package dev.outrigger.soak;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection to a replica: answers one request after the other, each by what the tool is called. Loop only. */
final class ReplicaConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final long EVENT_MILLIS = 2_000;
    private static final long DRIP_MILLIS = 50;
    private static final long PROGRESS_MILLIS = 10;
    private static final int PROGRESS_EVENTS = 3;
    private static final String FAULT_PATH = "/fault/";
    private static final String GARBAGE = "SSH-2.0-OpenSSH_9.2\r\n\r\n";
    private static final String TOOLS = "{\"tools\":[" + tool("echo") + "," + tool("slow_echo") + ","
            + tool("stream_echo") + "," + tool("large_echo") + "," + tool("get_time") + "," + tool("limited") + "]}";
    private static final String FILLING = "y".repeat(64 * 1024);

    private final ReplicaServer replica;

    ReplicaConnection(ReplicaServer replica) {
        this.replica = replica;
    }

    private static String tool(String name) {
        return "{\"name\":\"" + name + "\",\"inputSchema\":{\"type\":\"object\"}}";
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (request.uri().startsWith(FAULT_PATH)) {
            replica.setFault(ReplicaFault.valueOf(request.uri().substring(FAULT_PATH.length())));
            answer(context, "200 OK", "", "");
            return;
        }
        switch (replica.fault()) {
            case RESETS -> {
                context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                context.close();
            }
            case GARBAGE -> context.writeAndFlush(text(GARBAGE)).addListener(ChannelFutureListener.CLOSE);
            default -> serve(context, request);
        }
    }

    private void serve(ChannelHandlerContext context, FullHttpRequest request) {
        String session = request.headers().get("Mcp-Session-Id");
        if (session != null && !replica.knows(session)) {
            answer(context, "404 Not Found", "", "");
        } else if (request.method().equals(HttpMethod.GET)) {
            listen(context);
        } else if (request.method().equals(HttpMethod.DELETE)) {
            if (session != null) {
                replica.endSession(session);
            }
            answer(context, "200 OK", "", "");
        } else {
            call(context, request.content().toString(StandardCharsets.US_ASCII));
        }
    }

    private void call(ChannelHandlerContext context, String body) {
        String id = after(body, "\"id\":", ',');
        if (id == null) {
            answer(context, "202 Accepted", "", "");
            return;
        }
        String token = after(body, "\"token\":\"", '"');
        String tool = after(body, "\"name\":\"", '"');
        if (body.contains("\"method\":\"initialize\"")) {
            result(
                    context,
                    id,
                    "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
                            + "\"serverInfo\":{\"name\":\"soak\",\"version\":\"1\"}}",
                    "Mcp-Session-Id: " + replica.beginSession() + "\r\n");
        } else if (tool == null) {
            result(context, id, TOOLS, "");
        } else {
            String said = token == null ? "now" : token;
            switch (tool) {
                case "slow_echo" ->
                    after(
                            context,
                            ThreadLocalRandom.current().nextLong(20, 80),
                            () -> result(context, id, content(said), ""));
                case "stream_echo" -> stream(context, id, said);
                case "large_echo" -> result(context, id, content(said + FILLING), "");
                default -> result(context, id, content(said), "");
            }
        }
    }

    private static String content(String said) {
        return "{\"content\":[{\"type\":\"text\",\"text\":\"" + said + "\"}]}";
    }

    private void result(ChannelHandlerContext context, String id, String result, String headers) {
        answer(context, "200 OK", "Content-Type: application/json\r\n" + headers, message(id, result));
    }

    private static String message(String id, String result) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}";
    }

    private void answer(ChannelHandlerContext context, String status, String headers, String body) {
        String head = "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n";
        if (replica.fault() == ReplicaFault.DRIP && !body.isEmpty()) {
            context.writeAndFlush(text(head));
            drip(context, body, 0);
        } else {
            context.writeAndFlush(text(head + body));
        }
    }

    private static void drip(ChannelHandlerContext context, String body, int at) {
        if (at < body.length()) {
            context.writeAndFlush(text(body.substring(at, at + 1)));
            after(context, DRIP_MILLIS, () -> drip(context, body, at + 1));
        }
    }

    private static void stream(ChannelHandlerContext context, String id, String said) {
        beginEvents(context);
        eventsAfter(context, PROGRESS_MILLIS, 0, count -> {
            if (count < PROGRESS_EVENTS) {
                event(
                        context,
                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\"}}");
            } else if (count == PROGRESS_EVENTS) {
                event(context, message(id, content(said)));
                context.writeAndFlush(text("0\r\n\r\n"));
            }
            return count < PROGRESS_EVENTS;
        });
    }

    private static void listen(ChannelHandlerContext context) {
        beginEvents(context);
        eventsAfter(context, EVENT_MILLIS, 0, count -> {
            event(
                    context,
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\"}}");
            return true;
        });
    }

    private static void beginEvents(ChannelHandlerContext context) {
        context.writeAndFlush(
                text("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"));
    }

    private static void event(ChannelHandlerContext context, String message) {
        String event = "data: " + message + "\n\n";
        context.writeAndFlush(text(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n"));
    }

    /** One after the other until there is none or the connection has ended. */
    private static void eventsAfter(ChannelHandlerContext context, long millis, int count, Events next) {
        after(context, millis, () -> {
            if (next.send(count)) {
                eventsAfter(context, millis, count + 1, next);
            }
        });
    }

    private static void after(ChannelHandlerContext context, long millis, Runnable then) {
        context.executor()
                .schedule(
                        () -> {
                            if (context.channel().isActive()) {
                                then.run();
                            }
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    private static @Nullable String after(String body, String start, char end) {
        int at = body.indexOf(start);
        return at < 0 ? null : body.substring(at + start.length(), body.indexOf(end, at + start.length()));
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** Sends the next event. */
    @FunctionalInterface
    private interface Events {
        /** @return whether there is another one */
        boolean send(int count);
    }
}
