package dev.outrigger.app;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request after the other and judges each by what it got, byte for byte. A connection that was cut, or whose answer
 * said so, is replaced.
 */
final class FaultClient implements Runnable {
    /** Longer than the sidecar may take for anything; a machine that is busy may be late by as much. */
    static final Duration DEADLINE = Duration.ofSeconds(10);

    /** It has waited longer than that. */
    static final String OVERDUE = "past the deadline";

    /** The connection ended before the head of an answer. */
    static final String NO_ANSWER = "no answer";

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final FaultCell cell;
    private final InetSocketAddress sidecar;
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger fineInARow = new AtomicInteger();
    private volatile boolean stopped;
    private @Nullable McpCaller connection;

    FaultClient(FaultCell cell, InetSocketAddress sidecar) {
        this.cell = cell;
        this.sidecar = sidecar;
    }

    /** Exchanges so far. */
    int ended() {
        return ended.get();
    }

    /** Exchanges without trouble since the last one that had some. */
    int fineInARow() {
        return fineInARow.get();
    }

    /** No further request after the one under way. */
    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        while (!stopped) {
            String requestId = cell.nextRequestId();
            long startNanos = System.nanoTime();
            String trouble = exchange(requestId);
            long endNanos = System.nanoTime();
            if (endNanos - startNanos > DEADLINE.toNanos()) {
                trouble = OVERDUE;
            }
            cell.note(new FaultSample(startNanos, endNanos, trouble));
            fineInARow.set(trouble.isEmpty() ? fineInARow.get() + 1 : 0);
            ended.incrementAndGet();
            pause();
        }
        disconnect();
    }

    private static void pause() {
        long endNanos = System.nanoTime() + PAUSE_NANOS;
        long leftNanos;
        while ((leftNanos = endNanos - System.nanoTime()) > 0) {
            LockSupport.parkNanos(leftNanos);
        }
    }

    /** @return what went wrong; empty if nothing did */
    private String exchange(String requestId) {
        String trouble;
        boolean isWhole = false;
        try {
            WireMessage answer = ask(requestId);
            trouble = judge(answer, requestId);
            isWhole = !answer.header("connection").equalsIgnoreCase("close");
        } catch (SocketTimeoutException e) {
            trouble = OVERDUE;
        } catch (EOFException e) {
            trouble = e.getMessage().startsWith("ended inside the head") ? NO_ANSWER : "cut";
        } catch (IOException e) {
            trouble = "reset";
        }
        if (!isWhole) {
            disconnect();
        }
        return trouble;
    }

    private WireMessage ask(String requestId) throws IOException {
        McpCaller to = connection;
        if (to == null) {
            to = new McpCaller(sidecar).at(cell.path());
            to.connection().timeout((int) DEADLINE.toMillis());
            connection = to;
        }
        if (cell.shape().isCall()) {
            to.sendPost(Rpc.call('"' + requestId + '"', cell.name()), "X-Request-ID: " + requestId);
        } else {
            to.connection()
                    .send("GET " + cell.path() + " HTTP/1.1\r\nHost: mcp.example\r\nAccept: text/event-stream\r\n"
                            + "X-Request-ID: " + requestId + "\r\n\r\n");
        }
        return to.answer();
    }

    private String judge(WireMessage answer, String requestId) throws IOException {
        boolean isStream = answer.header("content-type").equals("text/event-stream");
        String id = '"' + requestId + '"';
        if (answer.status() != 200) {
            answer.text();
            return "HTTP " + answer.status();
        }
        return switch (cell.shape()) {
            case JSON -> judgeMessage(answer.text(), id);
            case SSE -> isStream ? judgeEvents(answer, id) : judgeMessage(answer.text(), id);
            case STREAM -> judgeStream(answer);
        };
    }

    private static String judgeMessage(String message, String id) {
        if (message.equals(Rpc.result(id, FaultyServer.RESULT))) {
            return "";
        }
        if (!Rpc.idOf(message).equals(id)) {
            return "another id";
        }
        return message.contains("\"error\":{\"code\":")
                ? Rpc.memberOf(message, "reason").toLowerCase(Locale.ROOT)
                : "half a message";
    }

    /** To the end of the stream, though the answer may stand before it. */
    private static String judgeEvents(WireMessage answer, String id) throws IOException {
        String trouble = "no message";
        int messages = 0;
        SseEvent event;
        while ((event = answer.nextEvent()) != null) {
            if (event.type().equals(SseEvent.MESSAGE)) {
                trouble = judgeMessage(event.data(), id);
                messages++;
            }
        }
        return messages > 1 ? "two messages" : trouble;
    }

    private static String judgeStream(WireMessage answer) throws IOException {
        int events = 0;
        while (answer.nextEvent() != null) {
            events++;
        }
        return events == FaultyServer.EVENTS ? "" : "ended early";
    }

    private void disconnect() {
        McpCaller old = connection;
        connection = null;
        try {
            if (old != null) {
                old.close();
            }
        } catch (IOException e) {
            // It is of no use any more.
        }
    }
}
