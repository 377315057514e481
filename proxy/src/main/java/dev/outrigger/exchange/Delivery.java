package dev.outrigger.exchange;

import dev.outrigger.config.model.McpConfig;
import dev.outrigger.exchange.McpRequests.BodyType;
import dev.outrigger.exchange.Unanswered.StreamEnd;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.HopByHop;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.GrpcStatus;
import dev.outrigger.record.StreamKind;
import dev.outrigger.runtime.Worker;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * An answer on its way from the upstream to the client: read on the way, counted, passed on unchanged, and ended so that
 * nobody waits.
 *
 * <p>An end comes in two steps, since the exchange must be over before its last content is written: writing that may begin the
 * connection's next request.
 */
final class Delivery {
    private final Worker worker;
    private final DownstreamStream downstream;
    private final ExchangeRecord record;
    private final Conversation talk;
    private final Timeouts timeouts;
    private final Deadlines deadlines;
    private @Nullable EventStream stream;
    private @Nullable Tunnel tunnel;
    private @Nullable HiddenTools hidden;
    private boolean endedByUs;
    private boolean grpc;
    private @Nullable GrpcStatus headsGrpcStatus;

    Delivery(
            Worker worker,
            DownstreamStream downstream,
            ExchangeRecord record,
            Conversation talk,
            Timeouts timeouts,
            Deadlines deadlines) {
        this.worker = worker;
        this.downstream = downstream;
        this.record = record;
        this.talk = talk;
        this.timeouts = timeouts;
        this.deadlines = deadlines;
    }

    /**
     * The head has come.
     *
     * @param ofGrpc whether it is the answer to a gRPC call, which says at its end how it went
     */
    void begin(HttpResponse response, BodyType type, boolean ofGrpc, McpConfig mcp, long nowNanos) {
        grpc = ofGrpc;
        record.headNanos = nowNanos;
        record.status = response.status().code();
        timeouts.onActivity(nowNanos);
        if (grpc) {
            headsGrpcStatus = GrpcCall.read(response.headers());
        }
        talk.onHead(response, type);
        AnswerReader answer = talk.answer();
        if (answer == null || record.stream == StreamKind.LISTEN || talk.calls().areSettled()) {
            timeouts.answered();
        }
        if (answer != null && answer.events() != null) {
            // Its end has to be ours to write, should the server not come to it.
            response.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
            EventStream begun = new EventStream(
                    downstream,
                    answer.events(),
                    worker.metrics().stream(record.upstream, record.stream),
                    record,
                    mcp.streamKeepAlive().toNanos(),
                    nowNanos);
            stream = begun;
            deadlines.watch(begun);
        }
        if (answer != null && talk.hidesTools()) {
            response.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
            hidden = new HiddenTools(
                    talk.route().tools(), downstream, type == BodyType.EVENT_STREAM, mcp.scanLimitBytes());
        }
        downstream.writeHead(response);
    }

    /**
     * The upstream has accepted what the request asked to switch to: both sides leave HTTP.
     *
     * @param onOver run when both directions have ended in order
     */
    void tunnel(HttpResponse response, Attempt attempt, long nowNanos, Runnable onOver) {
        record.headNanos = nowNanos;
        record.status = response.status().code();
        record.stream = Upgrade.kind(response);
        Upgrade.rewrite(response);
        timeouts.onActivity(nowNanos);
        timeouts.answered();
        Tunnel begun = new Tunnel(
                downstream.switchProtocols(response), attempt.switchProtocols(), record, timeouts, worker, onOver);
        tunnel = begun;
        begun.begin();
    }

    /** A piece of the body has come, not the last. */
    void pass(HttpContent content, long nowNanos) {
        timeouts.onActivity(nowNanos);
        read(content, nowNanos);
        write(content);
    }

    private void write(HttpContent content) {
        if (hidden == null) {
            downstream.writeContent(content);
        } else {
            hidden.pass(content);
        }
    }

    private void read(HttpContent content, long nowNanos) {
        AnswerReader answer = talk.answer();
        if (answer != null) {
            answer.feed(content.content());
        }
        if (stream != null) {
            stream.onPassed(nowNanos);
        }
    }

    /**
     * The last piece has come. First step of the end.
     *
     * @return why it is not whole, null if it is
     */
    @Nullable
    Reason readLast(LastHttpContent last, long nowNanos) {
        HopByHop.stripTrailers(last.trailingHeaders());
        if (grpc) {
            record.grpcStatus = grpcStatus(last);
        }
        read(last, nowNanos);
        AnswerReader answer = talk.answer();
        if (answer != null) {
            answer.end();
        }
        EventStream events = stream;
        boolean settled = talk.calls().areSettled();
        if (events == null) {
            // By its length the body is whole: only who reads it sees that the message is not.
            boolean fine = record.status >= 200 && record.status < 300;
            return fine && !settled && answer != null && answer.isCutOff() ? Reason.NO_RESPONSE : null;
        }
        if (settled && !talk.carriesSession()) {
            return null;
        }
        if (last.content().isReadable()) {
            // What the proxy adds comes after it.
            write(new DefaultHttpContent(
                    last.content().readRetainedSlice(last.content().readableBytes())));
        }
        flushHidden();
        StreamEnd end = talk.unanswered().endStream(events, Failure.of(Reason.NO_RESPONSE));
        return end == StreamEnd.MENDED && !talk.calls().isEmpty() ? Reason.NO_RESPONSE : null;
    }

    private GrpcStatus grpcStatus(LastHttpContent last) {
        GrpcStatus said = GrpcCall.read(last.trailingHeaders());
        if (said == null) {
            said = headsGrpcStatus;
        }
        return said == null ? GrpcStatus.ofHttp(record.status) : said;
    }

    /** Second step of the end, after the exchange is over. */
    void writeLast(LastHttpContent last) {
        if (hidden != null && last.content().isReadable()) {
            hidden.pass(new DefaultHttpContent(
                    last.content().readRetainedSlice(last.content().readableBytes())));
        }
        if (hidden != null) {
            hidden.end();
        }
        downstream.writeContent(last);
        downstream.flush();
    }

    /**
     * The rest will not come. First step of the end.
     *
     * @return whether everything that was asked for had come all the same
     */
    StreamEnd breakOff(Failure failure) {
        EventStream events = stream;
        if (grpc) {
            record.grpcStatus = GrpcCall.status(failure.reason());
            return StreamEnd.UNKNOWN;
        }
        if (events == null) {
            return StreamEnd.UNKNOWN;
        }
        // Nothing has broken if it is the proxy that goes: an end like that of a server makes the client ask elsewhere.
        endedByUs = failure.reason() == Reason.DRAINING;
        flushHidden();
        boolean owesNothing = endedByUs && talk.owesNothing();
        StreamEnd end = talk.unanswered().endStream(events, failure);
        return owesNothing ? StreamEnd.WHOLE : end;
    }

    /** Second step of the end, after the exchange is over: properly if the client has what it needs, else so that it sees. */
    void writeBreak(StreamEnd end, Failure failure) {
        if (grpc) {
            writeLast(GrpcCall.breakOff(failure));
        } else if (end == StreamEnd.WHOLE || end == StreamEnd.MENDED || endedByUs) {
            writeLast(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            downstream.abort();
        }
    }

    /** Whether it is an event stream that could end now and nobody would miss a message. */
    boolean isIdleStream() {
        return stream != null && stream.isBetweenEvents() && talk.owesNothing();
    }

    /** Whether the client may come back for what it has not got. */
    boolean isResumable() {
        return stream != null && stream.isResumable();
    }

    /** Ends a call of the session whose answers come on this stream. */
    void writeSessionError(byte[] id, Reason reason) {
        if (stream != null) {
            stream.writeError(id, Failure.of(reason));
            downstream.flush();
        }
    }

    private void flushHidden() {
        if (hidden != null) {
            hidden.flush();
        }
    }

    void close(long nowNanos) {
        if (stream != null) {
            stream.close(nowNanos);
        }
        if (tunnel != null) {
            tunnel.close(nowNanos);
        }
    }
}
