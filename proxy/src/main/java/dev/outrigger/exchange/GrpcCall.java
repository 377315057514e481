package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.GrpcStatus;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How gRPC tells the end of a call: in a trailer, or in the head of an answer that is nothing but a head. Reads what a server
 * says there, and says to a client why it gets no answer, in the one form that its library understands.
 */
final class GrpcCall {
    private static final String TYPE = "application/grpc";
    private static final AsciiString STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private GrpcCall() {}

    /** Whether a request is one. {@code application/grpc-web} is not: its trailers are part of its body. */
    static boolean isOne(HttpRequest head) {
        String type = head.method().equals(HttpMethod.POST) ? head.headers().get(HttpHeaderNames.CONTENT_TYPE) : null;
        return type != null
                && type.regionMatches(true, 0, TYPE, 0, TYPE.length())
                && (type.length() == TYPE.length() || "+; ".indexOf(type.charAt(TYPE.length())) >= 0);
    }

    /** What a head or the trailers say; null if nothing. */
    static @Nullable GrpcStatus read(HttpHeaders headers) {
        String text = headers.get(STATUS);
        return text == null ? null : GrpcStatus.parse(text);
    }

    /**
     * The answer to a call that failed before its answer began, a head and nothing else: a client may try such a call again, one
     * with an ordinary head not.
     */
    static HttpResponse refusal(ExchangeRecord record, Failure failure) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, TYPE).set(HeaderNames.X_REQUEST_ID, record.requestId);
        tell(head.headers(), failure);
        return head;
    }

    /** The end of a call whose answer has begun and will not be whole. */
    static LastHttpContent breakOff(Failure failure) {
        LastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        tell(last.trailingHeaders(), failure);
        return last;
    }

    private static void tell(HttpHeaders headers, Failure failure) {
        Reason reason = failure.reason();
        String detail = failure.detail().isEmpty() ? reason.label() : reason.label() + ": " + failure.detail();
        headers.set(STATUS, status(reason).label());
        headers.set(MESSAGE, percentEncoded(reason.code().message() + ", " + detail));
    }

    /** The code that makes a client do the right thing. */
    static GrpcStatus status(Reason reason) {
        if (reason == Reason.DRAINING) {
            return GrpcStatus.UNAVAILABLE;
        }
        if (reason == Reason.NO_ROUTE) {
            return GrpcStatus.UNIMPLEMENTED;
        }
        if (reason == Reason.INTERNAL) {
            return GrpcStatus.INTERNAL;
        }
        return switch (reason.code()) {
            case UPSTREAM_UNAVAILABLE, BREAKER_OPEN, BROKEN_OFF -> GrpcStatus.UNAVAILABLE;
            case TIMEOUT -> GrpcStatus.DEADLINE_EXCEEDED;
            case RATE_LIMITED, OVERLOADED, TOO_LARGE -> GrpcStatus.RESOURCE_EXHAUSTED;
            case NOT_ALLOWED -> GrpcStatus.PERMISSION_DENIED;
            case MALFORMED -> GrpcStatus.INTERNAL;
        };
    }

    /** As gRPC wants messages in headers: everything but printable ASCII, and the percent sign, as %XX of UTF-8. */
    static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
            }
        }
        return encoded.toString();
    }
}
