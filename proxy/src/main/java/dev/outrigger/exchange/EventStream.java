package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.mcp.RpcError;
import dev.outrigger.mcp.SseEvents;
import dev.outrigger.mcp.SseScanner;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.StreamRecorder;
import dev.outrigger.record.TraceContext;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;

/**
 * The proxy's own part in an event stream on its way to a client: it counts the events, keeps the connection alive, and
 * writes the errors that end what the server left open.
 */
final class EventStream {
    private final DownstreamStream downstream;
    private final SseScanner events;
    private final StreamRecorder recorder;
    private final ExchangeRecord record;
    private final long keepAliveNanos;
    private long writtenNanos;
    private long counted;
    private boolean broken;

    /** @param keepAliveNanos silence after which the client gets a comment; 0: never */
    EventStream(
            DownstreamStream downstream,
            SseScanner events,
            StreamRecorder recorder,
            ExchangeRecord record,
            long keepAliveNanos,
            long nowNanos) {
        this.downstream = downstream;
        this.events = events;
        this.recorder = recorder;
        this.record = record;
        this.keepAliveNanos = keepAliveNanos;
        this.writtenNanos = nowNanos;
        recorder.opened();
    }

    /** Bytes of the stream have been read and go to the client. */
    void onPassed(long nowNanos) {
        writtenNanos = nowNanos;
        long now = events.events();
        while (counted < now) {
            counted++;
            recorder.event();
            if (record.firstEventNanos == 0) {
                record.firstEventNanos = nowNanos;
                recorder.firstEvent(nowNanos - record.startNanos);
            }
        }
    }

    /** Whether the client may come back for what it has not got. */
    boolean isResumable() {
        return events.hasEventId();
    }

    boolean isBetweenEvents() {
        return events.isBetweenEvents();
    }

    boolean hasKeepAlive() {
        return keepAliveNanos > 0;
    }

    /** When the next comment is due; only with {@link #hasKeepAlive()}. */
    long keepAliveAtNanos() {
        return writtenNanos + keepAliveNanos;
    }

    /** Shows the client, and everything on the way to it, that the stream lives; never within an event. */
    void keepAlive(long nowNanos) {
        writtenNanos = nowNanos;
        if (events.isBetweenEvents() && downstream.isWritable()) {
            downstream.writeContent(new DefaultHttpContent(SseEvents.keepAlive()));
            downstream.flush();
        }
    }

    /** Ends an operation with an error, on behalf of a server that does not answer it any more. */
    void writeError(byte[] id, Failure failure) {
        ByteBuf out = downstream.alloc().buffer(512);
        if (!broken) {
            broken = true;
            events.writeBreak(out);
        }
        RpcError error = RpcError.of(failure, record.upstream, -1, TraceContext.traceIdHex(record));
        SseEvents.writeError(out, id, id.length, error);
        downstream.writeContent(new DefaultHttpContent(out));
    }

    void close(long nowNanos) {
        recorder.closed(nowNanos - record.startNanos);
    }
}
